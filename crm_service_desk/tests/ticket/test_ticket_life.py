from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged, users

from ..common import MONDAY, DeskCase


@tagged("post_install", "-at_install")
class TestTicketLife(DeskCase):
    """A ticket is opened, answered, waits, is solved and comes back; the log tells each step once."""

    @users("sven_agent")
    @freeze_time(MONDAY)
    def test_agent_opens_a_ticket_for_a_caller(self):
        form = Form(self.env["service.ticket"])
        form.name = "The door is stuck"
        form.partner_id = self.alice
        ticket = form.save()
        self.assertRecordValues(
            ticket,
            [
                {
                    "team_id": self.team.id,
                    "user_id": False,
                    "category": "new",
                    "channel": "staff",
                    "priority": "1",
                    "email_from": "alice@acme.example",
                    "commercial_partner_id": self.acme.id,
                }
            ],
        )
        self.assertRegex(ticket.number, r"^T\d{5}$")
        self.assertEqual(ticket.sla_label, "4 h 0 min")

    def test_log_tells_the_life_of_a_ticket(self):
        ticket = self._create_ticket()
        self._answer(ticket)
        self._move(ticket, "waiting_customer")
        ticket.with_user(self.sven).action_solve()
        ticket.with_user(self.sven).action_reopen()
        self._move(ticket, "solved")
        self._move(ticket, "closed")
        self.assertEqual(
            self._codes(ticket),
            [
                "ticket_opened",
                "ticket_answered",
                "ticket_solved",
                "ticket_reopened",
                "ticket_solved",
                "ticket_closed",
            ],
        )
        event = self._events(ticket)[0]
        self.assertEqual((event.partner_id, event.commercial_partner_id), (self.alice, self.acme))

    def test_event_names_the_salesperson_of_the_customer(self):
        self.acme.user_id = self.max
        ticket = self._create_ticket(user_id=self.sven.id)
        event = self._events(ticket)
        self.assertEqual((event.user_id, event.team_id.ids), (self.max, []))

    def test_end_is_dated_and_forgotten_on_reopening(self):
        with freeze_time(MONDAY):
            ticket = self._create_ticket(stage_id=self._stage("solved").id)
            self.env.flush_all()
        self.assertEqual(str(ticket.date_closed), MONDAY)
        with freeze_time("2026-06-16 08:00:00"):
            self._move(ticket, "closed")
        self.assertEqual(str(ticket.date_closed), MONDAY, "closing what was solved is no second end")
        self._move(ticket, "open")
        self.assertFalse(ticket.date_closed)

    def test_answer_starts_the_work(self):
        ticket = self._create_ticket()
        self._answer(ticket)
        self.assertEqual((ticket.category, ticket.user_id.ids), ("open", []))

    def test_customer_gets_the_answer_and_no_note(self):
        ticket = self._create_ticket()
        note = self._note(ticket)
        answer = self._answer(ticket)
        self.assertEqual(
            (note.notified_partner_ids, answer.notified_partner_ids), (self.env["res.partner"], self.alice)
        )

    def test_former_customer_is_out_for_good(self):
        ticket = self._create_ticket()
        token = ticket._portal_ensure_token()
        ticket.with_user(self.sven).partner_id = self.bob
        self.assertEqual(self._answer(ticket).notified_partner_ids, self.bob)
        self.assertEqual((ticket.email_from, ticket.commercial_partner_id), ("bob@bolt.example", self.bolt))
        self.assertNotEqual(ticket._portal_ensure_token(), token)

    def test_order_of_stages_means_nothing(self):
        self._stage("closed").sequence = 1
        ticket = self._create_ticket()
        self.assertEqual(ticket.category, "new")
        ticket.action_solve()
        self.assertEqual((ticket.category, bool(ticket.date_closed)), ("solved", True))

    def test_ended_ticket_cannot_be_solved_again(self):
        ticket = self._create_ticket()
        with self.assertRaisesRegex(UserError, ticket.number):
            ticket.action_reopen()
        ticket.action_solve()
        with self.assertRaisesRegex(UserError, ticket.number):
            ticket.action_solve()

    def test_team_may_have_stages_of_its_own(self):
        own = self.env["service.stage"].create(
            {"name": "Inbox", "category": "new", "team_ids": self.other_team.ids, "sequence": 0}
        )
        self.assertEqual(self._create_ticket(team_id=self.other_team.id).stage_id, own)
        ticket = self._create_ticket()
        self.assertNotEqual(ticket.stage_id, own)
        ticket.team_id = self.other_team
        ticket.stage_id = own
        ticket.team_id = self.team
        self.assertNotEqual(ticket.stage_id, own)

    def test_counters_of_a_team_agree_with_the_lists_they_open(self):
        self._create_ticket()
        self._create_ticket(user_id=self.sven.id)
        with freeze_time(MONDAY):
            late = self._create_ticket()
        with freeze_time("2026-06-17 08:00:00"):
            self._answer(late)
        self._create_ticket().action_solve()
        team = self.team.with_user(self.lena)
        for queue, count in (("open", 3), ("unassigned", 2), ("missed", 1)):
            with self.subTest(queue=queue):
                self.assertEqual(team[f"{queue}_count"], count)
                domain = team.with_context(queue=queue).action_open_queue()["domain"]
                self.assertEqual(self.env["service.ticket"].search_count(domain), count)

    def test_contact_shows_the_tickets_of_the_whole_customer(self):
        tickets = self._create_ticket() + self._create_ticket(partner_id=self.acme.id)
        self._create_ticket(partner_id=self.bob.id)
        for partner in (self.acme, self.alice, self.adam):
            partner = partner.with_user(self.lena)
            self.assertEqual(partner.ticket_count, 2)
            self.assertEqual(self.env["service.ticket"].search(partner.action_open_tickets()["domain"]), tickets)

    def test_source_document_opens_with_the_readers_rights(self):
        ticket = self._create_ticket(res_model="res.partner", res_id=self.bob.id)
        action = ticket.with_user(self.sven).action_open_source()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.bob.id))
        ticket.res_id = 0
        with self.assertRaises(UserError):
            ticket.action_open_source()
