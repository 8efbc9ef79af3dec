import doctest

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ....models.campaign.variants import judgement
from ..common import CampaignCase


@tagged("post_install", "-at_install")
class TestJudgement(BaseCase):
    """The best of several variants, by examples."""

    def test_examples(self):
        self.assertFalse(doctest.testmod(judgement).failed)


@tagged("post_install", "-at_install")
class TestWinner(CampaignCase):
    """No winner of an A/B test is sent before the planned number, and none that may have won by chance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create(
            {
                "title": "Which subject",
                "ab_expected_percent": 20,
                "ab_hoped_percent": 60,
            }
        )
        cls.customers = cls._create_customers(100)
        cls.first, cls.second = cls.env["mailing.mailing"].create(
            [
                {
                    "subject": subject,
                    "campaign_id": cls.campaign.id,
                    "ab_testing_enabled": True,
                    "ab_testing_pc": 10,
                    "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                    "mailing_domain": repr([("id", "in", cls.customers.ids)]),
                    "body_html": "<p>Hello</p>",
                    "email_from": "news@company.example",
                    "user_id": cls.marta.id,
                }
                for subject in ("Plain", "Witty")
            ]
        )
        cls.campaign.write(
            {
                "ab_testing_winner_selection": "clicks_ratio",
                "ab_testing_schedule_datetime": fields.Datetime.subtract(fields.Datetime.now(), hours=1),
            }
        )

    def _send(self, mailing, customers, clicks):
        """The mailing has gone to these, and the first of them have followed a link."""
        now = fields.Datetime.now()
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": customer.id,
                    "email": customer.email_normalized,
                    "trace_status": "sent",
                    "sent_datetime": now,
                    "links_click_datetime": now if place < clicks else False,
                }
                for place, customer in enumerate(customers)
            ]
        )
        mailing.state = "done"
        self.env.invalidate_all()

    def _send_both(self, first_clicks, second_clicks, each=40):
        self._send(self.first, self.customers[:each], first_clicks)
        self._send(self.second, self.customers[50 : 50 + each], second_clicks)

    def _run_schedule(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("mass_mailing.ir_cron_mass_mailing_ab_testing")
            self.assertIs(cron.method_direct_trigger(), True)
        return self.campaign.ab_testing_winner_mailing_id

    def test_planner_tells_how_many_it_takes(self):
        self.assertEqual(self.campaign.ab_needed, 20)
        self.campaign.ab_hoped_percent = 26
        self.assertEqual(self.campaign.ab_needed, 769)
        self.assertEqual(self.first.with_user(self.marta).ab_needed, 769)

    def test_winner_is_sent_once_it_is_one(self):
        self._send_both(4, 30)
        result = self.first.with_user(self.marta).ab_result
        self.assertIn("“Witty” wins", result)
        self.assertIn("75.0 %", result)
        self.assertEqual(self._run_schedule().subject, "Witty")

    def test_nothing_is_sent_before_the_planned_number(self):
        self._send_both(0, 15, each=15)
        self.assertIn("each variant needs 20", self.first.ab_result)
        self.assertFalse(self._run_schedule(), "it waits, and stops no other test")
        with self.assertRaisesRegex(UserError, "needs 20 recipients .“Plain”: 15, “Witty”: 15."):
            self.first.with_user(self.marta).action_send_winner_mailing()
        with self.assertRaisesRegex(UserError, "No winner yet"):
            self.second.with_user(self.marta).action_select_as_winner()

    def test_inconclusive_is_an_answer(self):
        self._send_both(10, 12)
        self.assertIn("Inconclusive: “Witty” is ahead", self.first.ab_result)
        self.assertFalse(self._run_schedule())
        with self.assertRaisesRegex(UserError, "may be by chance"):
            self.first.with_user(self.marta).action_send_winner_mailing()
        self.second.with_user(self.marta).action_select_as_winner()
        self.assertEqual(self.campaign.ab_testing_winner_mailing_id.subject, "Witty", "people may choose then")

    def test_first_variant_is_sent_where_the_team_wants_it(self):
        self.campaign.ab_fallback = "first"
        self._send_both(10, 12)
        self.assertEqual(self._run_schedule().subject, "Plain")

    def test_money_decides_against_clicks(self):
        self.product.standard_price = 60
        self._send_both(30, 4)
        for place, customer in enumerate(self.customers[50:90]):
            line = {"product_id": self.product.id, "quantity": 1, "price_unit": 100 + place}
            self._create_invoice(partner_id=customer.id, invoice_line_ids=[(0, 0, line)])
        self.campaign.ab_testing_winner_selection = "margin_ratio"
        self.env.invalidate_all()
        self.assertAlmostEqual(self.second.margin_ratio, 59.5)
        self.assertAlmostEqual(self.second.revenue_ratio, 119.5)
        self.assertIn("“Witty” wins", self.first.ab_result)
        self.assertEqual(self._run_schedule().subject, "Witty")
