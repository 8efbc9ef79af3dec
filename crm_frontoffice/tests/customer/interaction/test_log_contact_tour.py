from odoo.tests import HttpCase, tagged

from ...common import FrontofficeFixtures


@tagged("post_install", "-at_install")
class TestLogContactTour(FrontofficeFixtures, HttpCase):
    """A salesperson logs a meeting from the deal that it was about."""

    def test_salesperson_logs_a_meeting_on_a_deal(self):
        deal = self._create_deal(partner_id=self.contact.id)
        self.start_tour(f"/odoo/crm.lead/{deal.id}", "log_contact", login="anna_test")
        logged = self.env["crm.interaction"].search([("res_model", "=", "crm.lead"), ("res_id", "=", deal.id)])
        self.assertEqual((logged.kind, logged.partner_id, logged.user_id), ("meeting", self.contact, self.anna))
        self.assertEqual((logged.summary, logged.result_id.code), ("Wants ten chairs", "interested"))
