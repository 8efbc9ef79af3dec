from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ....models.campaign.chance import BUCKETS, bucket
from ..journey.common import JourneyCase


@tagged("post_install", "-at_install")
class TestHoldout(JourneyCase):
    """Some customers get nothing of a campaign, or of anything, and what they buy all the same is taken off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create({"title": "Spring", "holdout_percent": 40})
        cls.customers = cls._create_customers(120)

    def _is_drawn(self, partner, salt, percent):
        return bucket(salt, partner.commercial_partner_id.id) < percent * BUCKETS / 100

    def _get_held_out(self, percent=40):
        salt = f"campaign-{self.campaign.id}"
        return self.customers.filtered(lambda customer: self._is_drawn(customer, salt, percent))

    def _create_mailing(self, **values):
        return self.env["mailing.mailing"].create(
            {
                "subject": "Chairs",
                "campaign_id": self.campaign.id,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", self.customers.ids)]),
                "body_html": "<p>Hello</p>",
                "email_from": "news@company.example",
                **values,
            }
        )

    def test_mailings_and_journeys_hold_out_the_same(self):
        held_out = self._get_held_out()
        self.assertTrue(30 < len(held_out) < 70, len(held_out))
        mailing = self._create_mailing()
        self.assertEqual(set(mailing._get_recipients()), set((self.customers - held_out).ids))
        self.assertEqual(mailing.held_out_count, len(held_out))
        journey = self._create_journey("exit", campaign_id=self.campaign.id)
        self._enter(journey, self.customers)
        control = journey.participant_ids.filtered(lambda row: row.state == "control")
        self.assertEqual(control.partner_id, held_out)

    def test_contacts_of_a_company_are_held_out_together(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": "Contact", "parent_id": customer.id, "email": f"p{customer.id}@shop.example"}
                for customer in self.customers
            ]
        )
        mailing = self._create_mailing(mailing_domain=repr([("id", "in", contacts.ids)]))
        reached = self.env["res.partner"].browse(mailing._get_recipients())
        self.assertEqual(reached.parent_id, self.customers - self._get_held_out())

    def test_what_everybody_has_to_know_reaches_everybody(self):
        mailing = self._create_mailing(is_limit_ignored=True)
        self.assertEqual(set(mailing._get_recipients()), set(self.customers.ids))
        journey = self._create_journey("exit", campaign_id=self.campaign.id, is_limit_ignored=True)
        self._enter(journey, self.customers)
        self.assertNotIn("control", journey.participant_ids.mapped("state"))

    def test_who_gets_no_advertising_gets_none_of_any_campaign(self):
        self.company.holdout_percent = 30
        self.assertEqual(self.company.holdout_since, fields.Date.today())
        self.campaign.holdout_percent = 0
        salt = f"overall-{self.company.id}"
        held_out = self.customers.filtered(lambda customer: self._is_drawn(customer, salt, 30))
        self.assertTrue(held_out)
        reached = self._create_mailing(campaign_id=False)._get_recipients()
        self.assertEqual(set(reached), set((self.customers - held_out).ids))

    def _invoice(self, partners, price):
        for partner in partners:
            line = {"product_id": self.product.id, "quantity": 1, "price_unit": price + partner.id % 7}
            self._create_invoice(partner_id=partner.id, invoice_line_ids=[(0, 0, line)])

    def test_effect_is_what_the_reached_buy_more(self):
        self.campaign.holdout_percent = 60
        more = self._create_customers(60)
        mailing = self._create_mailing(mailing_domain=repr([("id", "in", (self.customers | more).ids)]))
        mailing._action_send_mail()
        mailing._note_meant()
        noted = self.env["crm.holdout"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(noted.partner_id, self.customers | more, "once each, also those who get nothing")
        held_out = noted.filtered("is_held_out").partner_id
        self.assertFalse(held_out & self.env["res.partner"].browse(mailing.mailing_trace_ids.mapped("res_id")))
        self.assertIn("each group needs 1000", self.campaign.holdout_effect)
        reached = noted.partner_id - held_out
        self._invoice(reached[:40], 300)
        self._invoice(held_out[:40], 100)
        self.env.invalidate_all()
        self.campaign.planned_sample = 1
        self.assertIn("each group needs 100", self.campaign.with_user(self.marta).holdout_effect)
        self.env["crm.holdout"]._note(self.campaign, self.company, self._select(self._create_customers(200)))
        self.env.invalidate_all()
        self.assertIn("brings", self.campaign.with_user(self.marta).holdout_effect)
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.anna).read(["holdout_effect"])

    def _select(self, partners):
        return self.env["res.partner"]._search([("id", "in", partners.ids)]).select()

    def test_settings_show_what_all_advertising_brings(self):
        self.company.holdout_percent = 50
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2020-01-01' WHERE id = ANY(%s)", [self.customers.ids]
        )
        settings = self.env["res.config.settings"].create({})
        self.assertIn("each group needs 1000", settings.holdout_effect)
