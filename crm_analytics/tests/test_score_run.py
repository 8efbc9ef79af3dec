from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.queue_job.tests.common import trap_jobs

from .. import child
from ..models.score.crm_lead import DRIVES
from .case import AnalyticsCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 09:00:00")
class TestScoreRun(AnalyticsCase):
    """Open deals get a chance that was learned from former ones, beside Odoo's own probability."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = cls.env["crm.score.run"].with_user(cls.maria)
        cls.stage = cls.env["crm.stage"].search([("is_won", "=", False)], order="sequence", limit=1)
        cls.mine, cls.hers = cls._deal(1000, cls.anna), cls._deal(500, cls.ben)
        (cls.mine | cls.hers).stage_id = cls.stage
        cls.env.flush_all()
        cls.env.cr.precommit.run()
        cls._refresh()

    def _past(self, deals):
        """Facts of deals that have ended, straight into the tables: Anna wins three of four, Ben one of four."""
        self.env.cr.execute(
            SQL(
                """WITH past AS (SELECT n, CASE WHEN n %% 2 = 0 THEN %(anna)s ELSE %(ben)s END AS user_id,
                                        timestamp '2025-01-10' + (n %% 600) * interval '1 day' AS begun,
                                        (n / 2) %% 4 < CASE WHEN n %% 2 = 0 THEN 3 ELSE 1 END AS won
                                   FROM generate_series(1, %(deals)s) AS n),
                        deal AS (INSERT INTO crm_fact_deal (lead_id, type, status, date_created, date_closed, user_id)
                                 SELECT -n, 'opportunity', CASE WHEN won THEN 'won' ELSE 'lost' END, begun,
                                        begun + (20 + n %% 30) * interval '1 day', user_id FROM past)
                   INSERT INTO crm_fact_stage
                          (move_id, lead_id, date_entered, date_left, date_created, stage_id, user_id, is_stage_move,
                           entry_count, push_count, amount, outcome)
                   SELECT -n, -n, begun, begun + (20 + n %% 30) * interval '1 day', begun, %(stage)s, user_id, TRUE,
                          1, 0, 100, CASE WHEN won THEN 'won' ELSE 'lost' END FROM past""",
                anna=self.anna.id,
                ben=self.ben.id,
                deals=deals,
                stage=self.stage.id,
            )
        )

    def _run(self):
        with trap_jobs() as trap:
            self.runs.action_compute()
            trap.assert_jobs_count(1)
            self.assertEqual(trap.enqueued_jobs[0].channel, "root.forecast")
            trap.perform_enqueued_jobs()
        return self.runs.search([], limit=1)

    def _score(self, lead):
        return self.env["crm.lead.score"].search([("lead_id", "=", lead.id)])

    def test_deals_are_scored_and_tell_why(self):
        self._past(600)
        before = self.mine.read(["write_date", "probability", "automated_probability"])
        run = self._run()
        self.assertEqual((run.state, run.method), ("done", "both"), run.message)
        mine, hers = self._score(self.mine), self._score(self.hers)
        self.assertGreater(mine.chance, hers.chance + 0.2)
        self.assertIn("salesperson +", mine.reason)
        self.assertAlmostEqual(mine.expected_amount, mine.chance * 1000, 2)
        self.assertAlmostEqual(self.mine.score_chance, 100 * mine.chance)
        self.assertIn("times what was won", run.message)
        self.assertGreater(run.baseline_brier, run.brier)
        self.assertTrue(run.curve_text)
        self.assertEqual(self.mine.read(["write_date", "probability", "automated_probability"]), before)

    def test_few_deals_show_the_rate_of_their_stage(self):
        self._past(16)
        run = self._run()
        self.assertEqual((run.state, run.method), ("done", "stage_rate"))
        score = self._score(self.mine)
        self.assertAlmostEqual(score.chance, 0.5)
        self.assertLess(score.low, 0.4)
        self.assertGreater(score.high, 0.6)
        self.assertIn("Too little is known", run.message)

    def test_missing_library_is_told_and_the_rate_serves(self):
        self._past(16)
        with patch.object(child, "compute", side_effect=child.LibraryMissingError("scikit-learn")):
            run = self._run()
        self.assertEqual((run.state, run.method), ("done", "stage_rate"))
        self.assertIn("scikit-learn", run.message)
        self.assertTrue(self._score(self.mine))

    def test_closed_deals_lose_their_score(self):
        self._past(16)
        self._run()
        self.hers.action_set_lost()
        self.env.flush_all()
        self._run()
        self.assertTrue(self._score(self.mine))
        self.assertFalse(self._score(self.hers))

    def test_scores_drive_probabilities_by_a_setting(self):
        self._past(16)
        self.mine.probability = self.mine.automated_probability
        self.hers.probability = 77
        self.env["ir.config_parameter"].set_param(DRIVES, "True")
        self._run()
        self.assertEqual((self.mine.probability, self.mine.prorated_revenue), (50, 500))
        self.assertEqual(self.hers.probability, 77, "What a person has set stays")
        self.mine.partner_id = self.env["res.partner"].create({"name": "Borealis", "email": "b@borealis.example"})
        self.assertEqual(self.mine.probability, 50, "Odoo's own computation comes to the same")
        self.mine.action_set_won()
        self.assertEqual(self.mine.probability, 100)

    def test_prorated_revenue_follows_odoos_own_job(self):
        self.env.cr.execute("UPDATE crm_lead SET prorated_revenue = 1, probability = 40 WHERE id = %s", [self.mine.id])
        self.env.invalidate_all(flush=False)
        self.env["crm.lead"]._update_automated_probabilities()
        self.env.cr.execute(
            """SELECT count(*) FROM crm_lead WHERE active AND won_status = 'pending'
                 AND prorated_revenue != round((expected_revenue * probability / 100)::numeric, 2)"""
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_score_is_seen_by_whoever_sees_the_deal(self):
        self._past(16)
        self._run()
        scores = self.env["crm.lead.score"]
        deals = [("lead_id", "in", (self.mine | self.hers).ids)]
        self.assertEqual(scores.with_user(self.anna).search(deals).lead_id, self.mine)
        self.assertEqual(len(scores.with_user(self.olga).search(deals)), 2)
        with self.assertRaises(AccessError):
            self.env["crm.score.run"].with_user(self.anna).search([])
        with self.assertRaises(AccessError):
            self.env["crm.score.run"].with_user(self.olga).action_compute()

    def test_storing_takes_as_many_statements_for_many(self):
        self._past(16)
        scores = self.env["crm.lead.score"]
        leads = self.mine | self.hers

        def rows(some):
            return [[lead.id, 0.5, None, None, None, 0.1, 0.9, []] for lead in some]

        scores._store(rows(leads), "stage_rate", "2026-11-23 09:00:00")
        with self.assertQueryCount(1):
            scores._store(rows(leads), "stage_rate", "2026-11-23 09:00:00")
        self.assertEqual(scores.search([]).lead_id, leads)

    def test_deals_that_are_not_open_any_more_lose_their_score(self):
        scores, leads = self.env["crm.lead.score"], self.mine | self.hers
        scores._store([[lead.id, 0.5, None, None, None, 0.1, 0.9, []] for lead in leads], "both", "2026-11-23 09:00:00")
        kept = leads[:1]
        scores._store([[kept.id, 0.7, 0.1, 0.2, 0.3, None, None, []]], "both", "2026-11-24 09:00:00")
        self.assertEqual([(score.lead_id, score.chance) for score in scores.search([])], [(kept, 0.7)])

    def test_request_that_fails_ends_the_child_that_waits_for_it(self):
        def fail():
            raise ZeroDivisionError

        with patch.object(child, "_start", side_effect=child._start) as start, self.assertRaises(ZeroDivisionError):
            child.compute("revenue", fail)
        self.assertTrue(start.called)
