from odoo.tests import tagged

from ..common import DeskCase


@tagged("post_install", "-at_install")
class TestTextSearch(DeskCase):
    """A ticket is found by its number, its subject, the sender's address and what the customer wrote."""

    def test_words_in_any_order_find_the_ticket(self):
        ticket = self._create_ticket(name="The printer smokes", description="<p>since the thunderstorm</p>")
        self._create_ticket(name="The door is stuck")
        Ticket = self.env["service.ticket"].with_user(self.sven)
        for text in (ticket.number, "smokes printer", "thunderstorm", "thunder printer", "smokes alice@acme"):
            with self.subTest(text=text):
                self.assertEqual(Ticket.search([("text_search", "ilike", text)]), ticket)
        self.assertFalse(Ticket.search([("text_search", "ilike", "smokes stuck")]))
