from datetime import timedelta

from odoo.tests import freeze_time, tagged

from odoo.addons.crm_service_desk.models.sla.service_sla_stale import REFRESH_BATCH

from ..common import MONDAY, DeskCase, at
from .minute_counter import MinuteCounter


@tagged("post_install", "-at_install")
class TestSlaWatch(DeskCase):
    """A broken promise is noticed without anybody looking, told once, and follows changes of the rules."""

    def _create_at(self, moment, **values):
        with freeze_time(moment):
            return self._create_ticket(**values)

    def test_broken_promise_is_told_once(self):
        ticket = self._create_at(MONDAY, priority="3")
        self._watch("2026-06-15 09:00:00")
        self.assertEqual(ticket.sla_state, "running", "the last minute is still in time")
        for moment in ("2026-06-15 09:01:00", "2026-06-15 09:06:00"):
            self._watch(moment)
        self.assertEqual(ticket.sla_state, "missed")
        self.assertEqual(self._codes(ticket), ["ticket_opened", "sla_missed"])
        self.assertEqual(ticket.activity_ids.user_id, self.lena)
        self.assertIn("First answer", ticket.activity_ids.summary)

    def test_team_without_leader_has_nobody_to_remind(self):
        ticket = self._create_at(MONDAY, priority="3", team_id=self.other_team.id)
        self._watch("2026-06-15 09:01:00")
        self.assertEqual((ticket.sla_state, ticket.activity_ids.ids), ("missed", []))

    def test_paused_promise_is_not_broken(self):
        ticket = self._create_at(MONDAY, priority="3")
        with freeze_time("2026-06-15 08:10:00"):
            self._answer(ticket)
            self._move(ticket, "waiting_customer")
        self._watch("2026-06-29 12:00:00")
        self.assertEqual(ticket.sla_state, "paused")

    def test_closed_ticket_is_left_alone(self):
        ticket = self._create_at(MONDAY, priority="3")
        with freeze_time("2026-06-15 08:10:00"):
            self._move(ticket, "closed")
        self._watch("2026-06-29 12:00:00")
        self.assertNotIn("sla_missed", self._codes(ticket))

    def test_late_answer_before_the_watch_is_a_miss(self):
        ticket = self._create_at(MONDAY, priority="3")
        with freeze_time("2026-06-15 09:30:00"):
            self._answer(ticket)
        self.assertEqual(self._clock(ticket, "first_answer").state, "missed")
        self._watch("2026-06-15 09:31:00")
        self.assertEqual(self._codes(ticket).count("sla_missed"), 1)

    def test_holiday_added_later_moves_the_deadline(self):
        ticket = self._create_at(MONDAY, priority="3")
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Strike",
                "company_id": self.company.id,
                "date_from": "2026-06-15 10:00:00",
                "date_to": "2026-06-15 23:00:00",
            }
        )
        self._watch("2026-06-15 08:30:00")
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-16 10:00:00"))

    def test_holiday_moves_every_open_clock_to_where_counting_puts_it(self):
        """More tickets than one portion of the cron, in all priorities; what has ended stays as it was."""
        opened = [at(MONDAY) + timedelta(minutes=7 * number) for number in range(REFRESH_BATCH + 20)]
        tickets = self.env["service.ticket"].create(
            [
                {"name": "x", "partner_id": self.alice.id, "team_id": self.team.id, "date_opened": moment,
                 "priority": str(number % 4)}
                for number, moment in enumerate(opened)
            ]
        )  # fmt: skip
        ended = tickets[-1]
        with freeze_time("2026-06-18 08:00:00"):
            ended.action_solve()
        before = ended.sla_status_ids.mapped("date_deadline")
        holiday = (at("2026-06-19 09:30:00"), at("2026-06-22 12:00:00"))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Flood",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": holiday[0],
                "date_to": holiday[1],
            }
        )
        self._watch("2026-06-18 08:01:00")
        self.env.invalidate_all()
        self.assertFalse(self.env["service.sla.stale"].search([]))
        counter = MinuteCounter("UTC", [(day, 8, 16) for day in range(5)], [holiday])
        for row in (tickets - ended)[::13].sla_status_ids:
            with self.subTest(opened=row.date_start, minutes=row.target_minutes):
                self.assertEqual(row.date_deadline, counter.deadline(row.date_start, row.target_minutes))
        self.assertEqual(ended.sla_status_ids.mapped("date_deadline"), before)
        open_rows = tickets.sla_status_ids.filtered(lambda row: row.state == "running")
        self.assertFalse(open_rows.filtered(lambda row: row.ticket_id.date_deadline > row.date_deadline))

    def test_longer_hours_move_the_deadline(self):
        ticket = self._create_at("2026-06-15 15:00:00", priority="3")
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-16 11:00:00"))
        self.calendar.attendance_ids.hour_to = 20
        self._watch("2026-06-15 15:05:00")
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-15 19:00:00"))

    def test_stricter_policy_holds_for_open_tickets_only(self):
        open_ticket, ended = self._create_at(MONDAY), self._create_at(MONDAY)
        with freeze_time("2026-06-15 08:30:00"):
            self._move(ended, "solved")
        self.policy.target_ids.filtered(lambda line: line.priority == "1").solution_minutes = 120
        self._watch("2026-06-15 09:00:00")
        self.assertEqual(self._clock(open_ticket).date_deadline, at("2026-06-15 10:00:00"))
        self.assertEqual(
            (self._clock(ended).date_deadline, self._clock(ended).state), (at("2026-06-16 16:00:00"), "met")
        )

    def test_absence_of_one_person_moves_nothing(self):
        ticket = self._create_at(MONDAY)
        resource = self.env["resource.resource"].create({"name": "Sven", "calendar_id": self.calendar.id})
        self.env["resource.calendar.leaves"].create(
            {"resource_id": resource.id, "date_from": "2026-06-15 00:00:00", "date_to": "2026-06-16 00:00:00"}
        )
        self.assertFalse(ticket.is_sla_stale)
