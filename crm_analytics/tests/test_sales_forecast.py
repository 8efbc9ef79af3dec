import doctest
from unittest import TestCase

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.queue_job.tests.common import trap_jobs

from ..models.sales import deal_history
from .case import AnalyticsCase


class TestSalesMethod(TestCase):
    """Open deals and deals to come tell what will be won, and past rounds tell how sure that is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import numpy

        from ..forecasting import sales

        cls.np, cls.sales = numpy, sales
        cls.random = numpy.random.default_rng(5)

    def _request(self, deals, steps=30, growth=0.0):
        """Deals that wait for one or two windows in one of two stages; forty of a hundred are won."""
        opened, rows = [], []
        for _number in range(deals):
            share = self.random.random() ** (1 / (1 + growth))
            begun = share * (steps + 1) - 1
            size = float(self.random.lognormal(3, 0.5))
            waits = self.random.gamma(2, 0.7)
            won = self.random.random() < 0.4
            ended = begun + waits
            for cut in range(max(int(self.np.ceil(begun)), 0), min(int(ended), steps) + 1):
                cell = int(cut - begun >= 1)
                later = [size if won and int(ended - cut) == window else 0.0 for window in range(6)]
                opened.append([cut, cell, size, *later])
            window = int(self.np.floor(ended))
            rows.append([int(self.np.floor(begun)), window if won and ended < steps else None, size, size * size])
        segment = {"key": ["company", None], "open": opened, "deals": rows}
        return {"steps": steps, "cells": 2, "segments": [segment]}

    def test_examples_in_the_docstrings(self):
        result = doctest.testmod(self.sales)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    def test_past_rounds_are_close_and_inside(self):
        whole = self.sales.forecast_sales(self._request(8000, growth=1.0))["segments"][0]
        self.assertLess(whole["error"], 0.10)
        self.assertGreater(whole["coverage"], 0.6)
        self.assertEqual(len(whole["rounds"]), 20)

    def test_forecast_adds_up_and_intervals_are_ordered(self):
        whole = self.sales.forecast_sales(self._request(2000))["segments"][0]
        for point in (*whole["windows"], whole["quarter"]):
            ordered = [point[name] for name in ("low_95", "low_80", "amount", "high_80", "high_95")]
            self.assertEqual(ordered, sorted(ordered))
            self.assertGreater(point["open"] + point["inflow"], 0)
        amounts = [point["amount"] for point in whole["windows"][:3]]
        self.assertAlmostEqual(sum(amounts), whole["quarter"]["amount"], 4)
        # The later the window, the less comes from deals that are open today.
        self.assertGreater(whole["windows"][0]["open"], whole["windows"][4]["open"])
        self.assertLess(whole["windows"][0]["inflow"], whole["windows"][4]["inflow"])

    def test_nothing_of_the_future_is_used(self):
        """What happens after a cut-off changes nothing in the forecast that was made at it."""
        request = self._request(1500)
        first = self.sales.forecast_sales(request)["segments"][0]["rounds"]
        for row in request["segments"][0]["deals"]:
            if row[0] >= 15:
                row[2:] = [row[2] * 3, row[3] * 9]
        again = self.sales.forecast_sales(request)["segments"][0]["rounds"]
        for one, other in zip(first, again, strict=True):
            if one["cut"] <= 14:
                self.assertAlmostEqual(one["amount"], other["amount"], 6)

    def test_deals_of_a_category_are_not_like_those_of_none(self):
        """All that is won is of a category; what is of none yet is as much, and never won."""
        known, unknown = self._request(1500), self._request(1500)
        for row in unknown["segments"][0]["open"]:
            row[3:] = [0.0] * 6
        for row in unknown["segments"][0]["deals"]:
            row[1] = None
        parts = [known["segments"][0], unknown["segments"][0]]
        whole = {"key": ["company", None], **{name: parts[0][name] + parts[1][name] for name in ("open", "deals")}}
        segments = [whole, {**parts[0], "key": ["category", 7]}, {**parts[1], "key": ["category", None]}]
        whole, category, none = self.sales.forecast_sales({**known, "segments": segments})["segments"]
        self.assertLess(none["quarter"]["amount"], 0.05 * whole["quarter"]["amount"])
        said, came = (sum(row[name] for row in category["rounds"]) for name in ("amount", "actual"))
        self.assertAlmostEqual(said, came, delta=0.05 * came)
        self.assertGreater(category["coverage"], 0.6)

    def test_short_history_gives_no_forecast(self):
        self.assertEqual(self.sales.forecast_sales(self._request(50, steps=5)), {"segments": []})


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 09:00:00")
class TestSalesForecast(AnalyticsCase):
    """A sales forecast is computed in the background, kept, and later held against what was won."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = cls.env["crm.sales.forecast"].with_user(cls.maria)
        cls.lines = cls.env["crm.sales.forecast.line"]
        cls.stage = cls.env["crm.stage"].search([("is_won", "=", False)], order="sequence", limit=1)
        cls.env.cr.execute("DELETE FROM crm_fact_deal")
        cls.env.cr.execute("DELETE FROM crm_fact_stage")

    def _past(self, days, per_day=2):
        """Deals of 100 each, in two teams; each waits for forty days, two of five are won."""
        self.env.cr.execute(
            SQL(
                """WITH past AS (
                       SELECT n, timestamp '2026-11-23 09:00' - (n / %(per_day)s) * interval '1 day' AS begun,
                              CASE WHEN n %% 2 = 0 THEN %(industry)s ELSE %(retail)s END AS team_id,
                              n / %(per_day)s >= 40 AS ended, n %% 5 < 2 AS won
                         FROM generate_series(1, %(count)s) AS n),
                   deal AS (
                       INSERT INTO crm_fact_deal (lead_id, type, status, date_created, date_closed, company_id, team_id,
                                                  user_id, expected_revenue)
                       SELECT -n, 'opportunity',
                              CASE WHEN NOT ended THEN 'open' WHEN won THEN 'won' ELSE 'lost' END, begun,
                              CASE WHEN ended THEN begun + interval '40 days' END, %(company)s, team_id, %(user)s, 100
                         FROM past)
                   INSERT INTO crm_fact_stage (move_id, lead_id, date_entered, date_left, date_created, stage_id,
                                               company_id, team_id, user_id, is_stage_move, entry_count, push_count,
                                               amount, outcome)
                   SELECT -n, -n, begun, CASE WHEN ended THEN begun + interval '40 days' END, begun, %(stage)s,
                          %(company)s, team_id, %(user)s, TRUE, 1, 0, 100, 'open' FROM past""",
                per_day=per_day,
                industry=self.industry.id,
                retail=self.retail.id,
                count=days * per_day,
                company=self.env.company.id,
                user=self.anna.id,
                stage=self.stage.id,
            )
        )

    def _forecast(self):
        with trap_jobs() as trap:
            self.runs.action_compute()
            trap.assert_jobs_count(1)
            self.assertEqual(trap.enqueued_jobs[0].channel, "root.forecast")
            trap.perform_enqueued_jobs()
        return self.runs.search([], limit=1)

    def test_company_team_and_salesperson_get_a_forecast(self):
        self._past(600)
        run = self._forecast()
        self.assertEqual(run.state, "done", run.message)
        latest = self.lines.search([("is_latest", "=", True), ("span", "=", "quarter")])
        self.assertEqual(sorted(latest.mapped("level")), ["category", "company", "team", "team", "user"])
        whole = latest.filtered(lambda line: line.level == "company")
        # Two deals of 100 a day, two of five won: 80 a day.
        self.assertAlmostEqual(whole.amount, 90 * 80, delta=500)
        self.assertAlmostEqual(sum(latest.filtered("team_id").mapped("amount")), whole.amount, delta=700)
        self.assertLess(run.error, 0.08)
        self.assertGreater(run.coverage, 0.7)
        self.assertIn("past rounds", run.message)
        windows = self.lines.search([("is_latest", "=", True), ("span", "=", "window"), ("level", "=", "company")])
        self.assertEqual(len(windows), 6)
        self.assertEqual(str(min(windows.mapped("date_from"))), "2026-11-24")

    def test_countries_get_a_forecast_and_add_up(self):
        self._past(600)
        germany, france = self.env.ref("base.de"), self.env.ref("base.fr")
        for table in ("crm_fact_deal", "crm_fact_stage"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET country_id = CASE WHEN lead_id %% 4 = 0 THEN %s ELSE %s END",
                    SQL.identifier(table),
                    germany.id,
                    france.id,
                )
            )
        self._forecast()
        latest = self.lines.search([("is_latest", "=", True), ("span", "=", "quarter")])
        whole = latest.filtered(lambda line: line.level == "company").amount
        amounts = {line.country_id: line.amount for line in latest if line.level == "country"}
        self.assertEqual(set(amounts), {germany, france})
        self.assertAlmostEqual(sum(amounts.values()), whole, delta=0.1 * whole)
        self.assertGreater(amounts[france], 2 * amounts[germany])
        line = latest.filtered(lambda line: line.country_id == germany)
        self.assertEqual(line.subject, "Germany")
        opened = self.env["crm.fact.deal"].search(line.action_open_deals()["domain"])
        self.assertEqual(opened.country_id, germany)

        groups = latest.filtered(lambda line: line.level == "country_group")
        both = self.env.ref("base.europe")
        self.assertEqual(groups.country_group_id, germany.country_group_ids | france.country_group_ids)
        union = groups.filtered(lambda line: line.country_group_id == both)
        self.assertAlmostEqual(union.amount, whole, delta=0.02 * whole)
        opened = self.env["crm.fact.deal"].search(union.action_open_deals()["domain"])
        self.assertEqual(opened.country_id, germany | france)

    def _choose_products(self, after=10):
        """Of four deals one is never about a product, one about presses, one about gears, one about both, 3 to 1."""
        # The deals of this test are facts only.
        self.env.cr.execute("ALTER TABLE crm_lead_line DROP CONSTRAINT crm_lead_line_lead_id_fkey")
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_lead_line (lead_id, product_id, quantity, price_subtotal, create_date)
                   SELECT deal.lead_id, product.id, 1, product.price, deal.date_created + interval '1 day' * %(after)s
                     FROM crm_fact_deal AS deal
                     JOIN (VALUES (%(press)s, 75, ARRAY[1, 3]), (%(gear)s, 25, ARRAY[2, 3]))
                       AS product (id, price, rest) ON -deal.lead_id / 5 %% 4 = ANY(product.rest)
                    WHERE deal.date_created + interval '1 day' * %(after)s < timestamp '2026-11-23 09:00'""",
                after=after,
                press=self.press.id,
                gear=self.gear.id,
            )
        )

    def _forecast_categories(self):
        self._forecast()
        latest = self.lines.search([("is_latest", "=", True), ("span", "=", "quarter")])
        whole = latest.filtered(lambda line: line.level == "company")
        return whole, latest.filtered(lambda line: line.level == "category").grouped("product_categ_id")

    def test_categories_get_a_forecast_and_add_up(self):
        self._past(600)
        self._choose_products()
        whole, lines = self._forecast_categories()
        none = self.env["product.category"]
        self.assertEqual(set(lines), {self.machines, self.parts, none})
        self.assertAlmostEqual(sum(line.amount for line in lines.values()), whole.amount, delta=0.05 * whole.amount)
        for category, share in ((self.machines, 7 / 16), (self.parts, 5 / 16), (none, 4 / 16)):
            self.assertAlmostEqual(lines[category].amount, share * whole.amount, delta=0.12 * whole.amount)
        self.assertEqual((lines[none].subject, lines[self.parts].subject), ("Not known yet", "Parts"))
        trials = self.lines.search([("kind", "=", "trial"), ("product_categ_id", "=", self.machines.id)])
        self.assertTrue(trials)
        came, said = sum(trials.mapped("amount_actual")), sum(trials.mapped("amount"))
        self.assertAlmostEqual(said, came, delta=0.1 * came)
        self.assertGreater(sum(trials.mapped("is_inside")), 0.6 * len(trials))

    def test_products_brought_in_later_count_from_the_beginning(self):
        """As in a company that fills its history from another system: nobody knows when they became known."""
        self._past(600)
        self._choose_products(after=0)
        self.env.cr.execute("UPDATE crm_lead_line SET create_date = '2026-11-22' WHERE lead_id < -100")
        whole, lines = self._forecast_categories()
        self.assertAlmostEqual(lines[self.machines].amount, 7 / 16 * whole.amount, delta=0.12 * whole.amount)

    def test_won_revenue_is_held_against_its_category(self):
        self._past(600)
        self._choose_products()
        _whole, lines = self._forecast_categories()
        self.env.cr.execute(
            "UPDATE crm_fact_deal SET status = 'won', date_closed = '2026-12-24' WHERE lead_id IN (-25, -26, -30, -35)"
        )
        with freeze_time("2027-03-01 09:00:00"), trap_jobs():
            self.env["crm.sales.forecast"]._cron_enqueue()
        # Two about presses, one about gears, one about both.
        self.assertAlmostEqual(lines[self.machines].amount_actual, 275)
        self.assertAlmostEqual(lines[self.parts].amount_actual, 125)
        self.assertEqual(lines[self.env["product.category"]].amount_actual, 0)

    def test_category_opens_its_deals(self):
        """Products written on the deal count before those of its quotation; a cancelled one counts for nothing."""
        run = self.env["crm.sales.forecast"].create({})
        period = {"run_id": run.id, "kind": "forecast", "level": "category", "span": "quarter"}
        period |= {"date_from": "2026-11-24", "date_to": "2027-02-21"}
        machines, parts, unknown = self.lines.create(
            [{**period, "product_categ_id": category} for category in (self.machines.id, self.parts.id, False)]
        )
        written, offered, cancelled, bare = self.env["crm.lead"].concat(
            *(self._deal(100, self.anna) for _n in range(4))
        )
        self.env["crm.lead.line"].create({"lead_id": written.id, "product_id": self.press.id})
        for deal in written | offered | cancelled:
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "opportunity_id": deal.id,
                    "order_line": [(0, 0, {"product_id": self.gear.id})],
                }
            )
            if deal == cancelled:
                order._action_cancel()
        self._refresh()

        def opened(line):
            domain = [*line.with_user(self.olga).action_open_deals()["domain"], ("team_id", "=", self.industry.id)]
            return self.env["crm.fact.deal"].with_user(self.olga).search(domain).lead_id

        self.assertEqual((opened(machines), opened(parts)), (written, offered))
        self.assertEqual(opened(unknown), cancelled | bare)
        self.env.flush_all()
        rows = self.env.execute_query(SQL("WITH %s SELECT lead_id, product_categ_id FROM known", deal_history.PARTS))
        self.assertEqual(set(rows), {(written.id, self.machines.id), (offered.id, self.parts.id)})

    def test_how_good_were_we_shows_trials_and_kept_forecasts(self):
        self._past(600)
        first, second = self._forecast(), self._forecast()
        self.assertFalse(first.line_ids.filtered(lambda line: line.kind == "trial"), "Trials are made anew")
        trials = second.line_ids.filtered(lambda line: line.kind == "trial" and line.level == "company")
        self.assertEqual(len(trials), second.round_count)
        self.assertTrue(all(trials.mapped("is_complete")))
        with freeze_time("2027-03-01 09:00:00"), trap_jobs() as trap:
            self.env["crm.sales.forecast"]._cron_enqueue()
            trap.assert_jobs_count(1)
        kept = self.lines.search([("run_id", "=", first.id), ("kind", "=", "forecast"), ("span", "=", "quarter")])
        self.assertTrue(all(kept.mapped("is_complete")))
        self.assertEqual(set(kept.mapped("amount_actual")), {0.0}, "Nothing was won since")
        self.assertFalse(any(kept.mapped("is_inside")))

    def test_line_opens_the_deals_behind_it(self):
        self._past(600)
        self._forecast()
        ahead = self.lines.search([("is_latest", "=", True), ("level", "=", "company")], limit=1)
        self.assertIn(("status", "=", "open"), ahead.action_open_deals()["domain"])
        trial = self.lines.search([("kind", "=", "trial"), ("level", "=", "company")], limit=1)
        action = trial.action_open_deals()
        self.assertIn(("status", "=", "won"), action["domain"])
        won = self.env["crm.fact.deal"].search(action["domain"])
        self.assertAlmostEqual(sum(won.mapped("expected_revenue")), trial.amount_actual, delta=200)

    def test_repeated_job_does_not_double_the_lines(self):
        self._past(300)
        run = self._forecast()
        count = len(run.line_ids)
        # sudo: jobs run as the system
        run.sudo()._run()
        self.assertEqual(len(run.line_ids), count)

    def test_young_company_is_told(self):
        self._past(100)
        run = self._forecast()
        self.assertEqual(run.state, "done")
        self.assertIn("Too little", run.message)
        self.assertFalse(run.line_ids)

    def test_salesperson_gets_no_forecast(self):
        for model in ("crm.sales.forecast", "crm.sales.forecast.line"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.anna).search([])
        with self.assertRaises(AccessError):
            self.env["crm.sales.forecast"].with_user(self.olga).action_compute()
        self.assertEqual(fields.Date.to_string(fields.Date.today()), "2026-11-23")
