from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .. import child
from .case import AnalyticsCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23")
class TestForecastRun(AnalyticsCase):
    """A forecast is computed in the background, kept, and later held against what came."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.runs = cls.env["crm.forecast.run"].with_user(cls.maria)
        cls.env.cr.execute("DELETE FROM crm_fact_invoice")

    def _history(self, months):
        """Facts of past months, written straight into the table: what is tested here comes after them."""
        first = fields.Date.to_date("2026-11-01")
        self.env.cr.execute(
            """INSERT INTO crm_fact_invoice (line_id, date, company_id, team_id, amount)
               SELECT -n, %s::date - n * interval '1 month', %s, %s,
                      1000 + 300 * sin(2 * pi() * n / 12) + 20 * (n %% 3)
                 FROM generate_series(1, %s) AS n""",
            [first, self.company.id, self.industry.id, months],
        )

    def _forecast(self):
        with trap_jobs() as trap:
            self.runs.action_compute()
            trap.assert_jobs_count(1)
            self.assertEqual(trap.enqueued_jobs[0].channel, "root.forecast")
            trap.perform_enqueued_jobs()
        return self.runs.search([("company_id", "=", self.company.id)], limit=1)

    def test_manager_gets_six_months_with_an_interval(self):
        self._history(36)
        run = self._forecast()
        self.assertEqual((run.state, run.history_months), ("done", 36))
        self.assertIn("36 months", run.message)
        ahead = run.point_ids.filtered(lambda point: point.kind == "forecast").sorted("date")
        self.assertEqual([str(day)[:7] for day in ahead.mapped("date")][::5], ["2026-11", "2027-04"])
        for point in ahead:
            self.assertLessEqual(point.low_95, point.low_80)
            self.assertLess(point.low_80, point.amount)
            self.assertLess(point.amount, point.high_80)
        actual = run.point_ids - ahead
        self.assertEqual(len(actual), 18)
        self.assertAlmostEqual(sum(actual.mapped("amount_actual")), self._sum_of_facts("2025-05-01"), 2)

    def _sum_of_facts(self, since):
        return self.facts._read_group([("date", ">=", since)], [], ["amount:sum"])[0][0]

    def test_every_run_is_kept_and_one_is_the_latest(self):
        self._history(30)
        first, second = self._forecast(), self._forecast()
        self.assertNotEqual(first, second)
        self.assertFalse(any(first.point_ids.mapped("is_latest")))
        self.assertTrue(all(second.point_ids.mapped("is_latest")))

    def test_repeated_job_does_not_double_the_months(self):
        self._history(30)
        run = self._forecast()
        count = len(run.point_ids)
        # sudo: jobs run as the system
        run.sudo()._run()
        self.assertEqual(len(run.point_ids), count)

    def test_short_history_says_so(self):
        self._history(5)
        run = self._forecast()
        self.assertEqual((run.state, run.method), ("done", "mean"))
        self.assertIn("Only 5 months", run.message)

    def test_no_history_gives_no_forecast(self):
        run = self._forecast()
        self.assertEqual((run.state, run.method), ("done", "none"))
        self.assertFalse(run.point_ids)
        self.assertIn("nothing can be forecast", run.message)

    def test_missing_numpy_and_a_failing_child_are_told(self):
        self._history(30)
        for error, word in (
            (child.LibraryMissingError("numpy"), "numpy"),
            (RuntimeError("out of memory"), "out of memory"),
        ):
            with patch.object(child, "compute", side_effect=error):
                run = self._forecast()
            self.assertEqual(run.state, "failed")
            self.assertIn(word, run.message)

    def test_cron_asks_for_each_company_and_judges_the_past(self):
        self._history(30)
        run = self._forecast()
        december = fields.Date.to_date("2026-12-02")
        self._invoice(1234, "2026-11-30", user=self.maria)
        self._refresh()
        with freeze_time(december), trap_jobs() as trap:
            self.env["crm.forecast.run"]._cron_enqueue()
            trap.assert_jobs_count(1)
        november = run.point_ids.filtered(lambda point: str(point.date) == "2026-11-01")
        self.assertTrue(november.is_complete)
        self.assertEqual(november.amount_actual, 1234)
        self.assertEqual(run.point_ids.filtered("is_complete").mapped("kind").count("forecast"), 1)

    def test_month_opens_its_revenue(self):
        self._history(30)
        point = self._forecast().point_ids.sorted("date")[0]
        action = point.action_open_invoices()
        self.assertEqual(action["res_model"], "crm.fact.invoice")
        self.assertEqual(self.facts.search(action["domain"]).mapped("amount"), [point.amount_actual])
