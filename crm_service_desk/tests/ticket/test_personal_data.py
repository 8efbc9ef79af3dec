from odoo.tests import tagged

from ..common import DeskCase


@tagged("post_install", "-at_install")
class TestPersonalData(DeskCase):
    """Erasing a person reaches his tickets; the desk's figures keep counting them."""

    def test_ticket_is_counted_but_says_nothing_any_more(self):
        ticket = self._create_ticket(
            name="Alice has smoke", description="Alice wrote this", email_from="alice@acme.example"
        )
        ticket.with_user(self.sven).message_post(body="Alice called", subtype_xmlid="mail.mt_note")
        stage, date_opened = ticket.stage_id, ticket.date_opened
        self.env["crm.personal.data.erasure"]._erase(self.alice.id, self.env.uid)
        self.env.invalidate_all()
        self.assertEqual((ticket.stage_id, ticket.date_opened), (stage, date_opened))
        self.assertEqual((ticket.name, bool(ticket.description)), (ticket.number, False))
        self.assertNotIn("Alice", "".join(ticket.message_ids.mapped("body")))
        self.assertEqual(self.adam.name, "Adam")
