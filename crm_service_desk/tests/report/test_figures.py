from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import MONDAY, DeskCase


@tagged("post_install", "-at_install")
class TestFigures(DeskCase):
    """What a ticket took is counted in working minutes, ours and that of others apart."""

    def _live(self, *steps, **values):
        with freeze_time(MONDAY):
            ticket = self._create_ticket(**values)
        for moment, step in steps:
            with freeze_time(f"2026-06-{moment}:00"):
                if step == "answer":
                    self._answer(ticket)
                else:
                    self._move(ticket, step)
                self.env.flush_all()
        return ticket

    def test_times_of_a_ticket(self):
        ticket = self._live(
            ("15 08:30", "answer"),
            ("15 10:00", "waiting_customer"),
            ("16 10:00", "open"),
            ("16 11:00", "waiting_third_party"),
            ("16 12:00", "open"),
            ("16 13:00", "solved"),
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "first_answer_minutes": 30,
                    "work_minutes": 120 + 60 + 60,
                    "wait_minutes": 8 * 60 + 60,
                    "solution_minutes": 240 + 540,
                    "first_contact_rate": 100,
                    "reopen_rate": 0,
                }
            ],
        )

    def test_reopened_ticket_is_no_first_contact(self):
        ticket = self._live(
            ("15 09:00", "answer"), ("15 09:00", "solved"), ("15 10:00", "open"), ("15 11:00", "solved")
        )
        self.assertEqual((ticket.first_contact_rate, ticket.reopen_rate, ticket.work_minutes), (0, 100, 120))
        several = self._live(("15 09:00", "answer"), ("15 09:30", "answer"), ("15 10:00", "solved"))
        self.assertEqual((several.first_contact_rate, several.reopen_rate), (0, 0))

    def test_report_averages_them(self):
        tickets = self._live(("15 09:00", "solved")) + self._live(("15 11:00", "solved"))
        [(team, minutes, rate)] = (
            self.env["service.ticket"]
            .with_user(self.lena)
            ._read_group([("id", "in", tickets.ids)], ["team_id"], ["solution_minutes:avg", "first_contact_rate:avg"])
        )
        self.assertEqual((team, minutes, rate), (self.team, 120, 100))

    def test_colleagues_who_look_at_the_same_ticket_see_each_other(self):
        ticket = self._create_ticket()
        with freeze_time("2026-06-15 09:00:00"):
            self.assertEqual(ticket.with_user(self.sven).note_presence(), [])
            self.assertEqual(ticket.with_user(self.lena).note_presence(), ["Sven Agent"])
        with freeze_time("2026-06-15 09:00:30"):
            self.assertEqual(ticket.with_user(self.sven).note_presence(), ["Lena Lead"])
        with freeze_time("2026-06-15 09:02:00"):
            self.assertEqual(ticket.with_user(self.sven).note_presence(), [], "who went away is forgotten")
            self.env["service.ticket.viewer"]._gc_viewers()
        with freeze_time("2026-06-17 09:02:00"):
            self.env["service.ticket.viewer"]._gc_viewers()
        self.assertFalse(self.env["service.ticket.viewer"].search([("ticket_id", "=", ticket.id)]))
        with self.assertRaises(AccessError):
            ticket.with_user(self.olga).note_presence()
