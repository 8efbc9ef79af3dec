from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestJourneyDesign(JourneyCase):
    """A journey is drawn, simulated and started; who is under way stays on his version."""

    def test_steps_are_put_in_where_they_belong(self):
        version = self.env["crm.journey"].create({"name": "Drawn"}).draft_id
        steps = version.step_ids
        wait = steps.browse(version.insert_step("wait", False, "next"))
        branch = steps.browse(version.insert_step("branch", wait.id, "next"))
        last = steps.browse(version.insert_step("exit", branch.id, "other"))
        first = steps.browse(version.insert_step("email", False, "next"))
        self.assertEqual(version.start_id, first)
        self.assertEqual((first.next_id, wait.next_id, branch.next_id, branch.other_id), (wait, branch, steps, last))
        between = steps.browse(version.insert_step("deal", wait.id, "next"))
        self.assertEqual((wait.next_id, between.next_id), (between, branch))
        wait.action_remove()
        self.assertEqual(first.next_id, between)

    def test_flow_shows_steps_ways_and_counts(self):
        branch = {"kind": "branch", "condition_kind": "event", "type_id": self.visit.id}
        journey = self._create_journey(branch, {"kind": "wait", "name": "Rest"})
        journey.action_edit()
        step, rest = journey.draft_id.step_ids
        step.write({"other_id": rest.id, "next_id": False})
        with trap_jobs():
            journey.action_start()
        self._enter(journey, self._create_customers(3))
        self._run(journey)
        journey.invalidate_recordset()
        branch, rest = journey.flow["steps"]
        self.assertEqual((branch["passed"], branch["counts"], branch["row"]), (3, {"other": 3}, 0))
        self.assertEqual((rest["waiting"], rest["row"], rest["detail"]), (3, 1, "1 days"))
        self.assertEqual([way["name"] for way in journey.flow["ways"]], ["yes", "no", ""])
        self.assertFalse(journey.flow["editable"])

    def test_running_version_is_closed_and_its_customers_stay_on_it(self):
        journey = self._create_journey({"kind": "wait", "name": "Old"})
        participants = self._enter(journey, self._create_customers(1))
        with self.assertRaisesRegex(UserError, "edit the journey first"):
            journey.version_id.step_ids.name = "New"
        with self.assertRaisesRegex(UserError, "edit the journey first"):
            journey.version_id.step_ids.unlink()
        journey.action_edit()
        journey.draft_id.step_ids.name = "New"
        with trap_jobs():
            journey.action_start()
        newcomers = self._enter(journey, self.customer)
        self._run(journey)
        self.assertEqual(self._get_places(participants | newcomers), ["Old", "New"])
        self.assertEqual(journey.version_ids.sorted().mapped("number"), [2, 1])

    def test_copy_keeps_the_ways(self):
        branch = {"kind": "branch", "condition_kind": "event", "type_id": self.visit.id}
        journey = self._create_journey("email", branch, "deal")
        journey.action_edit()
        mail, branch, deal = journey.draft_id.step_ids
        self.assertEqual((mail.next_id, branch.next_id, journey.draft_id.start_id), (branch, deal, mail))
        copied = journey.copy()
        self.assertEqual(copied.draft_id.step_ids.mapped("kind"), ["email", "branch", "deal"])
        self.assertEqual((copied.draft_id.start_id.kind, copied.state), ("email", "draft"))

    def test_journey_does_not_go_in_circles(self):
        version = self.env["crm.journey"].create({"name": "Circle"}).draft_id
        first, second = self._add_steps(version, "deal", "deal")
        with self.assertRaisesRegex(ValidationError, "in circles"):
            second.next_id = first

    def test_ways_do_not_lead_into_another_version(self):
        journey = self._create_journey("deal")
        other = self.env["crm.journey"].create({"name": "Other"}).draft_id
        [step] = self._add_steps(other, "deal")
        with self.assertRaisesRegex(ValidationError, "of another version"):
            step.next_id = journey.version_id.step_ids

    def test_incomplete_steps_are_named_at_the_start(self):
        for values in (
            {"kind": "email", "mailing_id": False},
            {"kind": "branch"},
            {"kind": "split"},
            {"kind": "webhook"},
            {"kind": "wait", "wait_kind": "until", "condition_kind": "event"},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "Complete the step"):
                self._create_journey(values)
        with self.assertRaisesRegex(UserError, "no steps yet"):
            self.env["crm.journey"].create({"name": "Empty"}).action_start()

    def test_marketer_draws_and_starts(self):
        journey = self.env["crm.journey"].with_user(self.marta).create({"name": "By Marta"})
        step = (
            self.env["crm.journey.step"]
            .with_user(self.marta)
            .browse(journey.draft_id.insert_step("email", False, "next"))
        )
        step.action_write_message()
        self.assertEqual(step.mailing_id.mailing_model_real, "res.partner")
        with trap_jobs():
            journey.action_start()
        self.assertEqual(journey.state, "running")

    def test_simulation_counts_and_leaves_nothing(self):
        customers = self._create_customers(100, city="Simulated")
        customers[:10].email = False
        journey = self.env["crm.journey"].create({"name": "Simulated", "control_percent": 20})
        until = {"kind": "wait", "wait_kind": "until", "condition_kind": "event", "type_id": self.visit.id}
        mail, wait, _deal = self._add_steps(journey.draft_id, "email", {**until, "assumed_percent": 25}, "deal")
        simulation = (
            self.env["crm.journey.simulation"]
            .with_user(self.marta)
            .create({"journey_id": journey.id, "partner_domain": "[('city', '=', 'Simulated')]"})
        )
        with trap_jobs() as jobs:
            simulation.action_run()
            jobs.assert_jobs_count(0)
        self.assertEqual(simulation.entered_count, 100)
        self.assertTrue(5 <= simulation.control_count <= 40)
        reached = simulation.email_count + simulation.address_count
        self.assertEqual(reached + simulation.control_count, 100)
        steps = {step["id"]: step for step in simulation.flow["steps"]}
        self.assertEqual(steps[mail.id]["passed"], reached)
        self.assertTrue(5 <= steps[wait.id]["counts"]["next"] <= 40)
        self.assertFalse(journey.participant_ids)
        self.assertFalse(customers.opportunity_ids)

    def test_caller_cannot_claim_that_a_journey_is_only_simulated(self):
        """A simulation lets everybody in again and waits for nothing: so would a caller who could say it is one."""
        journey, customer = self._create_journey("deal"), self._create_customers(1)
        self._enter(journey, customer)
        claiming = journey.with_user(self.marta).with_context(crm_simulated=True)
        with trap_jobs():
            self.assertEqual(claiming.enrol(customer.ids), {"entered": 0})
        self.assertEqual(len(journey.participant_ids), 1)
