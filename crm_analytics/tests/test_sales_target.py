from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from .case import AnalyticsCase


@freeze_time("2026-11-10 09:00:00")
class SalesTargetCase(AnalyticsCase):
    """Anna and Ben sell for Industry, which Lena leads; Carl sells for Retail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carl = mail_new_test_user(cls.env, "carl_analytics", "sales_team.group_sale_salesman")
        cls.lena = mail_new_test_user(cls.env, "lena_analytics", "crm_frontoffice.group_sale_salesman_subtree")
        cls.industry.write({"user_id": cls.lena.id, "member_ids": [Command.set((cls.anna | cls.ben).ids)]})
        cls.retail.member_ids = cls.carl
        cls.outlook = cls.env["crm.sales.outlook"]
        cls.submissions = cls.env["crm.sales.submission"]

    @classmethod
    def _target(cls, amount, **values):
        return cls.env["crm.sales.target"].create({"amount": amount, "date": "2026-11-15", **values})

    def _submit(self, author, amount, **values):
        return self.submissions.with_user(author).create({"amount_commit": amount, "date": "2026-11-15", **values})

    def _row(self, user=None, **values):
        self.env.invalidate_all()
        domain = [(name, "=", value) for name, value in values.items()]
        return self.outlook.with_user(user or self.maria).search(domain)

    def _forecast_lines(self, amounts, **values):
        """What is expected of the next windows of thirty days, from the eleventh of November on."""
        run = self.env["crm.sales.forecast"].create({})
        starts = ("2026-11-11", "2026-12-11", "2027-01-10", "2027-02-09", "2027-03-11", "2027-04-10")
        ends = ("2026-12-10", "2027-01-09", "2027-02-08", "2027-03-10", "2027-04-09", "2027-05-09")
        common = {"run_id": run.id, "kind": "forecast", "is_latest": True, "span": "window", "level": "company"}
        self.env["crm.sales.forecast.line"].create(
            [
                {
                    **common,
                    **values,
                    "date_from": first,
                    "date_to": last,
                    "amount": amount,
                    "low_80": amount / 2,
                    "high_80": amount * 2,
                }
                for first, last, amount in zip(starts, ends, amounts, strict=True)
            ]
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10 09:00:00")
class TestSalesTarget(SalesTargetCase):
    """A target is for a month or a quarter of one team, salesperson, category, or the company; there is one of each."""

    def test_any_day_means_its_period(self):
        quarter, month = self._target(900), self._target(300, span="month", team_id=self.industry.id)
        self.assertEqual((str(quarter.date_from), str(quarter.date_to)), ("2026-10-01", "2026-12-31"))
        self.assertEqual((str(month.date_from), str(month.date_to)), ("2026-11-01", "2026-11-30"))
        self.assertEqual((quarter.level, month.level), ("company", "team"))
        self.assertEqual((quarter.name, month.name), ("Q4 2026", "November 2026"))
        self.assertEqual(month.display_name, "Industry, November 2026")
        month.date = "2027-02-03"
        self.assertEqual(str(month.date_to), "2027-02-28")

    @mute_logger("odoo.sql_db")
    def test_second_target_of_a_period_is_refused(self):
        self._target(900, user_id=self.anna.id)
        self._target(300, user_id=self.anna.id, span="month")
        with self.assertRaises(IntegrityError) as caught, self.env.cr.savepoint():
            self._target(950, user_id=self.anna.id, date="2026-12-24")
        message = self.env["crm.sales.target"]._sql_error_to_message(caught.exception)
        self.assertIn("There is a target for this period already", message)

    @mute_logger("odoo.sql_db")
    def test_target_is_for_one_and_more_than_nothing(self):
        wrong = (
            ({"user_id": self.anna.id, "team_id": self.industry.id}, "Choose one"),
            ({"amount": 0}, "more than nothing"),
        )
        for values, message in wrong:
            with self.assertRaises(IntegrityError) as caught, self.env.cr.savepoint():
                self._target(values.pop("amount", 5), **values)
            self.assertIn(message, self.env["crm.sales.target"]._sql_error_to_message(caught.exception))

    def test_manager_sets_targets_and_the_others_read_their_own(self):
        targets = self._target(10, user_id=self.anna.id) | self._target(20, user_id=self.carl.id)
        targets |= self._target(30, team_id=self.industry.id) | self._target(99)

        def seen(user):
            return sorted(self.env["crm.sales.target"].with_user(user).search([]).mapped("amount"))

        self.assertEqual([seen(user) for user in (self.anna, self.ben, self.carl)], [[10], [], [20]])
        self.assertEqual(seen(self.lena), [10, 30])
        self.assertEqual(seen(self.olga), [10, 20, 30, 99])
        for user in (self.anna, self.lena, self.olga):
            with self.assertRaises(AccessError):
                targets[0].with_user(user).amount = 1
            with self.assertRaises(AccessError):
                self.env["crm.sales.target"].with_user(user).create({"amount": 5})
        targets[0].with_user(self.maria).amount = 11
        # A colleague of the own team is seen by whoever sees the team's deals.
        self.ben.group_ids += self.env.ref("crm_frontoffice.group_sale_salesman_team")
        self.assertEqual(seen(self.ben), [11, 30])

    def test_other_company_stays_apart(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self._target(10, company_id=sister.id)
        self.assertFalse(self.env["crm.sales.target"].with_user(self.maria).search([]))
        self.assertFalse(self._row())


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10 09:00:00")
class TestSubmission(SalesTargetCase):
    """Who said what when stays: for oneself, and for whom one leads."""

    def test_salesperson_submits_for_himself_only(self):
        said = self._submit(self.anna, 80)
        self.assertEqual((said.user_id, said.amount_best, said.is_override), (self.anna, 80, False))
        for values in ({"user_id": self.ben.id}, {"user_id": False, "team_id": self.industry.id}, {"user_id": False}):
            with self.assertRaises(AccessError):
                self._submit(self.anna, 80, **values)

    def test_leader_submits_for_his_team_and_adjusts_his_people(self):
        for_anna = self._submit(self.lena, 60, user_id=self.anna.id)
        for_team = self._submit(self.lena, 200, user_id=False, team_id=self.industry.id)
        self.assertEqual((for_anna.is_override, for_team.is_override), (True, False))
        for values in ({"user_id": self.carl.id}, {"user_id": False, "team_id": self.retail.id}, {"user_id": False}):
            with self.assertRaises(AccessError):
                self._submit(self.lena, 60, **values)

    def test_manager_submits_for_everybody(self):
        self.assertTrue(self._submit(self.maria, 5, user_id=self.carl.id).is_override)
        self.assertTrue(self._submit(self.maria, 5, user_id=False, team_id=self.industry.id).is_override)
        self.assertFalse(self._submit(self.maria, 5, user_id=False).is_override)

    def test_nobody_speaks_in_anothers_name_or_takes_back_what_he_said(self):
        said = self._submit(self.lena, 60, user_id=self.anna.id, is_override=False, create_uid=self.anna.id)
        self.assertEqual((said.create_uid, said.is_override), (self.lena, True))
        for user in (self.anna, self.lena, self.maria):
            with self.assertRaises(AccessError):
                said.with_user(user).amount_commit = 1
            with self.assertRaises(AccessError):
                said.with_user(user).unlink()

    def test_new_leader_does_not_turn_the_words_of_the_former_one(self):
        said = self._submit(self.lena, 200, user_id=False, team_id=self.industry.id)
        self.env.flush_all()
        self.industry.user_id = self.maria
        self.env.flush_all()
        self.assertFalse(said.is_override)

    def test_period_that_is_over_takes_no_submission(self):
        with self.assertRaisesRegex(ValidationError, "over: Q3 2026"):
            self._submit(self.anna, 5, date="2026-09-30")
        self._submit(self.anna, 5, date="2026-10-01")

    @mute_logger("odoo.sql_db")
    def test_senseless_amounts_are_refused(self):
        """Leaving an empty form saves it: nobody is to commit himself to nothing by that."""
        for commit, best, message in ((80, 50, "best case is not below"), (0, 0, "Say what"), (-1, 5, "not negative")):
            with self.assertRaises(IntegrityError) as caught, self.env.cr.savepoint():
                self._submit(self.anna, commit, amount_best=best)
                self.env.flush_all()
            self.assertIn(message, self.submissions._sql_error_to_message(caught.exception))
        self.assertEqual(self._submit(self.anna, 0, amount_best=50).amount_commit, 0)

    def test_colleagues_do_not_see_each_others_word(self):
        self._submit(self.anna, 80)
        self.assertFalse(self.submissions.with_user(self.ben).search([]))
        self.assertTrue(self.submissions.with_user(self.lena).search([]))


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10 09:00:00")
class TestOutlook(SalesTargetCase):
    """Target, submission, what was won and invoiced, and the forecast stand side by side."""

    def test_target_stands_beside_what_was_won_and_invoiced(self):
        self._target(1000, user_id=self.anna.id)
        for amount, user, date in (
            (300, self.anna, "2026-10-05"),
            (50, self.anna, "2026-09-30"),
            (70, self.ben, "2026-11-02"),
        ):
            deal = self._deal(amount, user)
            deal.action_set_won()
            deal.date_closed = f"{date} 12:00:00"
        self._invoice(120, "2026-11-03")
        self._invoice(40, "2026-11-03", user=self.ben)
        self._refresh()
        row = self._row(self.anna)
        self.assertEqual((row.amount_target, row.amount_won, row.amount_invoiced), (1000, 300, 120))
        self.assertEqual((row.attainment, row.home_team_id), (30, self.industry))
        self.assertEqual((row.amount_likely, row.amount_gap), (0, 0), "There is no forecast")
        self.assertEqual(row.action_open_won()["views"][0][1], "list")
        won = self.env["crm.fact.deal"].with_user(self.anna).search(row.action_open_won()["domain"])
        self.assertEqual(sum(won.mapped("expected_revenue")), 300)
        invoices = self.facts.with_user(self.anna).search(row.action_open_invoices()["domain"])
        self.assertEqual(sum(invoices.mapped("amount")), 120)

    def test_forecast_of_a_period_is_what_was_won_and_the_rest_of_it(self):
        self._target(1000)
        self._target(500, span="month")
        self._target(500, span="month", date="2027-06-01")
        self._target(500, span="month", date="2026-10-01")
        for date in ("2026-10-20", "2026-11-05"):
            deal = self._deal(100, self.anna)
            deal.action_set_won()
            deal.date_closed = f"{date} 12:00:00"
        self.env.cr.execute("DELETE FROM crm_fact_deal")
        self._forecast_lines([300, 600, 90, 90, 90, 90])
        self.env["crm.fact.deal"]._rebuild()
        self.env.cr.execute("DELETE FROM crm_fact_deal WHERE date_closed < '2026-10-01' OR date_closed > '2026-11-09'")
        rows = {(row.span, str(row.date_from)): row for row in self._row()}
        # The quarter ends in the middle of the second window: 21 of its 30 days.
        quarter = rows["quarter", "2026-10-01"]
        self.assertAlmostEqual(quarter.amount_likely, 200 + 300 + 600 * 21 / 30)
        self.assertAlmostEqual(quarter.amount_low, 200 + 150 + 300 * 21 / 30)
        self.assertAlmostEqual(quarter.amount_high, 200 + 600 + 1200 * 21 / 30)
        self.assertAlmostEqual(quarter.amount_gap, quarter.amount_likely - 1000)
        self.assertAlmostEqual(rows["month", "2026-11-01"].amount_likely, 100 + 300 * 20 / 30)
        # A month beyond the forecast has none; of one that is over is known what was won.
        self.assertFalse(rows["month", "2027-06-01"].amount_likely)
        self.assertEqual(rows["month", "2026-10-01"].amount_likely, 100)

    def test_days_that_passed_since_the_forecast_do_not_count_twice(self):
        self._target(500, span="month", team_id=self.retail.id)
        self._forecast_lines([300] * 6, level="team", team_id=self.retail.id)
        with freeze_time("2026-11-20 09:00:00"):
            self.assertAlmostEqual(self._row().amount_likely, 300 * 10 / 30)

    def test_own_word_and_the_leaders_stand_side_by_side(self):
        self._submit(self.anna, 70)
        self._submit(self.anna, 80, amount_best=120)
        self._submit(self.lena, 60, user_id=self.anna.id, note="One deal is shaky")
        row = self._row(self.anna)
        self.assertEqual((row.amount_submitted, row.amount_adjusted, row.amount_committed), (80, 60, 60))
        self.assertEqual((row.amount_best, row.submitter_id), (60, self.lena))
        action = row.action_open_submissions()
        self.assertEqual([kind for _view, kind in action["views"]], ["list", "form"])
        history = self.submissions.with_user(self.anna).search(action["domain"])
        self.assertEqual(history.mapped("amount_commit"), [60, 80, 70])

    def test_category_counts_its_share_of_what_was_won(self):
        self._target(900, product_categ_id=self.parts.id)
        deal = self._deal(400, self.anna)
        self.env["crm.lead.line"].create(
            [
                {"lead_id": deal.id, "product_id": self.press.id, "price_unit": 300},
                {"lead_id": deal.id, "product_id": self.gear.id, "price_unit": 100},
            ]
        )
        deal.action_set_won()
        self._refresh()
        row = self._row()
        self.assertEqual((row.subject, row.amount_won, row.amount_target), ("Parts", 100, 900))
        self.assertEqual(self.env["crm.fact.deal"].search(row.action_open_won()["domain"]).lead_id, deal)

    def test_everybody_sees_whom_he_sees_the_sales_of(self):
        for user in (self.anna, self.ben, self.carl):
            self._target(100, user_id=user.id)
        self._target(300, team_id=self.industry.id)
        self._target(900)
        self.assertEqual(self._row(self.anna).user_id, self.anna)
        self.assertEqual(
            sorted(self._row(self.lena).mapped("subject")), sorted(["Industry", self.anna.name, self.ben.name])
        )
        self.assertEqual(len(self._row(self.olga)), 5)

    def test_row_offers_to_submit_to_whom_may(self):
        self._target(100, user_id=self.anna.id)
        allowed = {
            user: self._row(user).is_submission_allowed for user in (self.anna, self.lena, self.olga, self.maria)
        }
        self.assertEqual(list(allowed.values()), [True, True, False, True])
        with self.assertRaisesRegex(AccessError, "may submit"):
            self._row(self.olga).action_submit()
        action = self._row(self.anna).action_submit()
        with Form(self.submissions.with_user(self.anna).with_context(**action["context"])) as form:
            form.amount_commit = 90
        self.assertEqual(self._row(self.anna).amount_submitted, 90)
        with freeze_time("2027-01-01 09:00:00"):
            self.assertFalse(self._row(self.anna).is_submission_allowed)

    def test_part_of_the_target_is_of_those_that_have_one(self):
        self._target(1000, user_id=self.anna.id)
        self._submit(self.ben, 5)
        for user, amount in ((self.anna, 250), (self.ben, 500)):
            self._deal(amount, user).action_set_won()
        self._refresh()
        ((part,),) = self.outlook._read_group([("level", "=", "user")], [], ["attainment:sum"])
        self.assertEqual(part, 25)

    def test_levels_are_not_added_up(self):
        """A team and its people, or a quarter and its months, would count twice."""
        self._target(100, user_id=self.anna.id)
        self._target(50, user_id=self.ben.id)
        self._target(150, team_id=self.industry.id)
        rows = self.outlook._read_group([], ["level"], ["amount_target:sum"])
        self.assertEqual(rows, [("team", 150), ("user", 150)])
        self.assertFalse(self.outlook._read_group([], [], ["amount_target:sum"])[0][0])
        self._target(20, user_id=self.anna.id, span="month")
        self.assertFalse(self.outlook._read_group([("level", "=", "user")], [], ["amount_target:sum"])[0][0])

    def test_list_takes_as_many_statements_for_many(self):
        names = ("subject", "name", "amount_target", "amount_likely", "is_submission_allowed")
        specification = {name: {} for name in names} | {"home_team_id": {"fields": {"display_name": {}}}}

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.outlook.with_user(self.maria).web_search_read([], specification)
            return self.env.cr.sql_log_count - before

        self._target(10, user_id=self.anna.id)
        self._target(10, team_id=self.retail.id)
        count()
        few = count()
        for month in range(1, 13):
            self._target(10, user_id=self.ben.id, date=f"2027-{month:02}-01", span="month")
            self._target(10, team_id=self.industry.id, date=f"2027-{month:02}-01", span="month")
        self.assertLessEqual(count(), few)
