from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..journey.common import JourneyCase


@tagged("post_install", "-at_install")
class TestSplitResult(JourneyCase):
    """A split of a journey shows which of its ways is better, once enough customers went each of them."""

    def _run_split(self, count=300):
        journey = self.env["crm.journey"].create({"name": "Test Journey", "goal_type_id": self.visit.id})
        ways = [(0, 0, {"name": name, "percent": 50}) for name in ("Call", "Letter")]
        [split, _wait] = self._add_steps(journey.draft_id, {"kind": "split", "variant_ids": ways}, "wait")
        split.variant_ids.target_id = split.next_id
        self._start(journey)
        self._enter(journey, self._create_customers(count))
        self._run(journey)
        return split

    def _start(self, journey):
        journey.planned_sample = 100
        journey.action_start()

    def _reach(self, split, way, share):
        """So many of those who went a way reach the goal."""
        passages = self.env["crm.journey.passage"].search(
            [("step_id", "=", split.id), ("outcome", "=", f"v{split.variant_ids[way].id}")]
        )
        reached = passages.participant_id[: round(len(passages) * share)]
        reached._leave("goal", False)
        self.env.invalidate_all()

    def test_better_way_wins(self):
        split = self._run_split()
        self._reach(split, 0, 0.1)
        self._reach(split, 1, 0.5)
        self.assertIn("“Letter” wins", split.with_user(self.marta).split_result)
        with self.assertRaises(AccessError):
            split.with_user(self.anna).read(["split_result"])

    def test_small_difference_is_inconclusive_and_a_small_number_waits(self):
        split = self._run_split()
        self._reach(split, 0, 0.2)
        self._reach(split, 1, 0.22)
        self.assertIn("Inconclusive", split.split_result)
        split.journey_id.planned_sample = 1000
        self.env.invalidate_all()
        self.assertIn("each variant needs 1000", split.split_result)

    def test_measure_may_be_changed_while_the_journey_runs(self):
        split = self._run_split(count=20)
        split.split_measure = "revenue"
        self.assertIn("No verdict yet", split.split_result)
        with self.assertRaises(UserError):
            split.name = "Other"
