from odoo.tests import freeze_time, tagged

from ..common import MONDAY, DeskCase


@tagged("post_install", "-at_install")
class TestTicketEnd(DeskCase):
    """Solved tickets are closed after a time of grace; an answer within it reopens, a later one opens a follow-up."""

    def _create_at(self, moment, **values):
        with freeze_time(moment):
            return self._create_ticket(**values)

    def _close_due(self, moment):
        self._run_cron("ir_cron_close", moment)

    def _solve_at(self, moment, ticket):
        with freeze_time(moment):
            ticket.action_solve()
            self.env.flush_all()

    def test_solved_ticket_is_closed_after_the_grace_of_its_team(self):
        self.other_team.grace_days = 2
        tickets = [self._create_at(MONDAY, team_id=team.id) for team in (self.team, self.other_team)]
        for ticket in tickets:
            self._solve_at(MONDAY, ticket)
        self._close_due("2026-06-18 08:00:00")
        self.assertEqual([ticket.category for ticket in tickets], ["solved", "closed"], "every team is looked after")
        self._close_due("2026-06-22 08:00:00")
        self.assertEqual([ticket.category for ticket in tickets], ["closed", "closed"])

    def test_answer_within_the_grace_reopens(self):
        ticket = self._create_at(MONDAY)
        self._solve_at(MONDAY, ticket)
        for moment, category in (("2026-06-16 08:00:00", "solved"), ("2026-06-17 08:00:00", "closed")):
            with freeze_time(moment), self.subTest(category=category):
                self._move(ticket, category)
                self._write_as_customer(ticket)
                self.assertEqual(ticket.category, "open")
        self.assertEqual(ticket.reopen_count, 2)
        self.assertFalse(ticket.follow_up_ids)

    def test_later_answer_opens_a_follow_up(self):
        ticket = self._create_at(MONDAY)
        self._solve_at(MONDAY, ticket)
        self._close_due("2026-06-23 08:00:00")
        with freeze_time("2026-07-20 08:00:00"):
            message = self._write_as_customer(ticket, "It smokes again")
            message.attachment_ids = self.env["ir.attachment"].create({"name": "smoke.txt", "raw": b"smoke"})
            self._write_as_customer(ticket, "And it burns")
        follow_up = ticket.follow_up_ids
        self.assertRecordValues(
            follow_up, [{"partner_id": self.alice.id, "team_id": self.team.id, "category": "new", "name": ticket.name}]
        )
        self.assertEqual((ticket.category, follow_up.sla_state), ("closed", "running"))
        self.assertIn("It smokes again", follow_up.description)
        self.assertIn("And it burns", follow_up.message_ids[0].body, "one follow-up takes all that comes late")

    def test_files_go_along_with_what_came_late(self):
        ticket = self._create_at(MONDAY)
        self._solve_at(MONDAY, ticket)
        self._close_due("2026-06-23 08:00:00")
        photo = self.env["ir.attachment"].create(
            {"name": "smoke.txt", "raw": b"smoke", "res_model": "service.ticket", "res_id": ticket.id}
        )
        with freeze_time("2026-07-20 08:00:00"):
            ticket.message_post(
                body="See",
                author_id=self.alice.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachment_ids=photo.ids,
            )
        copy = self.env["ir.attachment"].search(
            [("res_model", "=", "service.ticket"), ("res_id", "=", ticket.follow_up_ids.id)]
        )
        self.assertEqual((copy.name, copy.raw, photo.res_id), ("smoke.txt", b"smoke", ticket.id))

    def test_silent_customer_counts_as_settled(self):
        self.team.waiting_days = 5
        silent, talking = self._create_at(MONDAY), self._create_at(MONDAY)
        other = self._create_at(MONDAY, team_id=self.other_team.id)
        with freeze_time(MONDAY):
            for ticket in (silent, talking, other):
                self._move(ticket, "waiting_customer")
            self.env.flush_all()
        with freeze_time("2026-06-20 07:55:00"):
            talking.message_post(
                body="Wait", author_id=self.alice.id, message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self._move(talking, "waiting_customer")
            self.env.flush_all()
        self._close_due("2026-06-20 08:00:00")
        self.assertEqual(
            [ticket.category for ticket in (silent, talking, other)],
            ["solved", "waiting_customer", "waiting_customer"],
            "who wrote five minutes ago is not forgotten, and a team that waits for ever waits",
        )

    def test_every_state_is_kept_with_its_times(self):
        ticket = self._create_at(MONDAY)
        for moment, category in (("2026-06-15 09:00:00", "open"), ("2026-06-15 10:00:00", "solved")):
            with freeze_time(moment):
                self._move(ticket, category)
        self.assertEqual(
            [(phase.category, phase.date_start.hour, bool(phase.date_stop)) for phase in ticket.phase_ids],
            [("new", 8, True), ("open", 9, True), ("solved", 10, False)],
        )
