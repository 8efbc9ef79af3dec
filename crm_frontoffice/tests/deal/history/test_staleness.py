from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ...common import FrontofficeCase


@tagged("post_install", "-at_install")
class TestStaleness(FrontofficeCase):
    """The card says why a deal has gone stale, and the search finds it."""

    def setUp(self):
        super().setUp()
        self.deal = self._create_deal(user_id=self.anna.id)
        old = fields.Datetime.now() - timedelta(days=30)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_last_stage_update = %s WHERE id = %s", [old, old, self.deal.id]
        )
        self.env.cr.execute(
            "DELETE FROM crm_event WHERE commercial_partner_id = %s AND type_id IN %s",
            [self.customer.id, tuple(self.env["crm.event.type"].search([("is_contact", "=", True)]).ids)],
        )
        self.env.invalidate_all()
        self.deal = self.deal.with_user(self.anna)

    def plan(self, user):
        self.deal.with_user(user).sudo().activity_schedule("mail.mail_activity_data_todo", user_id=user.id)

    def is_found(self):
        return self.deal in self.env["crm.lead"].with_user(self.anna).search([("is_stale", "=", True)])

    def assert_stale(self, reason):
        self.env.invalidate_all()
        self.assertEqual(self.deal.stale_reason, reason)
        self.assertEqual(self.is_found(), bool(reason))
        self.assertEqual(self.deal.is_stale, bool(reason))

    def test_silence_and_no_next_step_are_told(self):
        self.assert_stale("no contact for 30 days, no next step")

    def test_next_step_of_a_colleague_counts(self):
        self.plan(self.boris)
        self.assert_stale("no contact for 30 days")

    def test_contact_and_next_step_make_a_deal_fresh(self):
        self.plan(self.anna)
        contact = self.env["crm.event.type"].search([("is_contact", "=", True)], limit=1)
        self.env["crm.event"]._append(
            [
                {
                    "date": fields.Datetime.now() - timedelta(days=2),
                    "type_id": contact.id,
                    "partner_id": self.contact.id,
                    "commercial_partner_id": self.customer.id,
                }
            ]
        )
        self.assert_stale("")

    def test_closing_put_off_too_often_is_told(self):
        self.plan(self.anna)
        self.deal.pipeline_id.sudo().stale_contact_days = 0
        for month in range(1, 5):
            self.deal.date_deadline = f"2030-0{month}-01"
            self.env.cr.precommit.run()
        self.assert_stale("closing put off 3 times")

    def test_won_deal_is_not_stale(self):
        self.deal.action_set_won()
        self.assert_stale("")

    def test_new_deal_is_not_stale(self):
        with freeze_time(fields.Datetime.now()):
            self.assertFalse(self._create_deal().is_stale)

    def test_cards_cost_no_query_each(self):
        deals = self.env["crm.lead"].create(
            [{"name": "D", "type": "opportunity", "partner_id": self.customer.id} for _number in range(40)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        deals.fetch(["partner_id", "pipeline_id", "closing_pushes"])
        with self.assertQueryCount(12):
            deals.mapped("stale_reason")
