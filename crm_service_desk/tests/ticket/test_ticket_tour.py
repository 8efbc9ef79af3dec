from odoo.tests import HttpCase, tagged

from ..common import DeskFixtures


@tagged("post_install", "-at_install")
class TestTicketTour(DeskFixtures, HttpCase):
    """An agent finds a ticket on the board and answers the customer."""

    def test_agent_answers_from_the_board(self):
        self._set_up_desk()
        ticket = self._create_ticket(name="Tour: the printer smokes")
        self.start_tour("/odoo/tickets", "service_desk_answer", login="sven_agent")
        self.assertEqual((ticket.category, bool(ticket.date_first_answer)), ("open", True))
        self.assertEqual(ticket.user_id, self.sven)
