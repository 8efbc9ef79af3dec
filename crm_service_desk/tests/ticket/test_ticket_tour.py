from odoo.tests import HttpCase, tagged

from ..common import DeskFixtures


@tagged("post_install", "-at_install")
class TestTicketTour(DeskFixtures, HttpCase):
    """An agent finds a ticket on the board and answers the customer, with the mouse or without."""

    def test_agent_answers_from_the_board(self):
        self._set_up_desk()
        ticket = self._create_ticket(name="Tour: the printer smokes")
        self.start_tour("/odoo/tickets", "service_desk_answer", login="sven_agent")
        self.assertEqual((ticket.category, bool(ticket.date_first_answer)), ("open", True))
        self.assertEqual(ticket.user_id, self.sven)

    def test_agent_answers_ten_tickets_without_a_mouse(self):
        self._set_up_desk()
        tickets = self.env["service.ticket"].union(*(self._create_ticket(name=f"Walk {n}") for n in range(10)))
        self.env["mail.canned.response"].create(
            {
                "source": "walk",
                "substitution": "Dear {customer}, {number} is on its way.",
                "group_ids": self.env.ref("base.group_user").ids,
            }
        )
        self.start_tour("/odoo/tickets", "service_desk_keyboard", login="sven_agent", timeout=120)
        self.assertEqual(set(tickets.mapped("category")), {"solved"})
        self.assertEqual(tickets.user_id, self.sven)
        for ticket in tickets:
            sent = "".join(ticket.message_ids.mapped("body"))
            self.assertEqual(sent.count(f"{ticket.number} is on its way"), 1)
