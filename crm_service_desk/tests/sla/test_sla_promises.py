from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..common import MONDAY, DeskCase, at


@tagged("post_install", "-at_install")
class TestSlaPromises(DeskCase):
    """Promised times count working hours, stand still while others are awaited, and are settled by deeds."""

    def _create_at(self, moment, **values):
        with freeze_time(moment):
            return self._create_ticket(**values)

    def test_priority_chooses_the_targets(self):
        expected = {
            "3": (at("2026-06-15 09:00:00"), at("2026-06-15 12:00:00")),
            "2": (at("2026-06-15 10:00:00"), at("2026-06-15 16:00:00")),
            "1": (at("2026-06-15 12:00:00"), at("2026-06-16 16:00:00")),
            "0": (at("2026-06-15 16:00:00"), at("2026-06-19 16:00:00")),
        }
        for priority, deadlines in expected.items():
            ticket = self._create_at(MONDAY, priority=priority)
            with self.subTest(priority=priority):
                self.assertEqual(
                    (self._clock(ticket, "first_answer").date_deadline, self._clock(ticket).date_deadline), deadlines
                )
                self.assertEqual((ticket.date_deadline, ticket.sla_state), (deadlines[0], "running"))

    def test_weekend_does_not_count(self):
        ticket = self._create_at("2026-06-19 15:00:00", priority="3")
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-22 11:00:00"))

    def test_night_mail_is_due_in_the_morning(self):
        ticket = self._create_at("2026-06-15 22:17:00", priority="3")
        self.assertEqual(self._clock(ticket, "first_answer").date_deadline, at("2026-06-16 09:00:00"))

    def test_summer_time_does_not_move_office_hours(self):
        self.calendar.tz = "Europe/Berlin"
        ticket = self._create_at("2026-10-23 13:00:00", priority="3")  # 15:00 summer time, a Friday
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-10-26 10:00:00"), "11:00 winter time")

    def _create_holiday(self, day, **values):
        return self.env["resource.calendar.leaves"].create(
            {"name": "Holiday", "date_from": f"{day} 00:00:00", "date_to": f"{day} 23:59:59", **values}
        )

    def test_public_holiday_does_not_count(self):
        self._create_holiday("2026-06-15", company_id=self.company.id)
        ticket = self._create_at(MONDAY, priority="3")
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-16 12:00:00"))

    def test_holiday_of_another_company_counts_as_work(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        holiday = self._create_holiday("2026-06-15")
        holiday.company_id = other
        ticket = self._create_at(MONDAY, priority="3")
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-15 12:00:00"))

    @freeze_time(MONDAY)
    def test_without_office_hours_every_hour_counts(self):
        self.team.calendar_id = False
        self.company.resource_calendar_id = False
        ticket = self._create_ticket(priority="1")
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-16 00:00:00"))

    @freeze_time(MONDAY)
    def test_calendar_without_hours_gives_no_deadline(self):
        self.calendar.attendance_ids.unlink()
        ticket = self._create_ticket()
        self.assertFalse(self._clock(ticket).date_deadline)
        self.assertEqual((ticket.sla_state, ticket.sla_label), ("running", False))

    def test_flexible_hours_cannot_promise_anything(self):
        self.calendar.flexible_hours = True
        with self.assertRaises(ValidationError):
            self.policy.calendar_id = self.calendar

    @freeze_time(MONDAY)
    def test_long_promises_reach_beyond_the_first_table(self):
        self.policy.target_ids.filtered(lambda line: line.priority == "0").solution_minutes = 100 * 8 * 60
        ticket = self._create_ticket(priority="0")
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-10-30 16:00:00"), "100 working days are 20 weeks")

    def test_waiting_for_the_customer_stops_the_solution_only(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 10:00:00"):
            self._move(ticket, "waiting_customer")
        self.assertEqual(self._clock(ticket).state, "paused")
        self.assertEqual(self._clock(ticket, "first_answer").state, "running")
        with freeze_time("2026-06-17 11:00:00"):
            self._move(ticket, "open")
        solution = self._clock(ticket)
        self.assertEqual((solution.state, solution.paused_seconds), ("running", 17 * 3600))
        self.assertEqual(solution.date_deadline, at("2026-06-19 09:00:00"), "14 hours were left on Wednesday at 11")

    def test_long_wait_ended_by_the_solution_is_no_breach(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 10:00:00"):
            self._answer(ticket)
            self._move(ticket, "waiting_third_party")
        with freeze_time("2026-07-15 10:00:00"):
            self._move(ticket, "solved")
        self.assertEqual((self._clock(ticket).state, ticket.sla_state), ("met", "met"))

    def test_reopened_ticket_has_the_remaining_hours(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 12:00:00"):
            self._move(ticket, "solved")
        self.assertEqual(self._clock(ticket).state, "met")
        with freeze_time("2026-06-18 08:00:00"):
            self._move(ticket, "open")
        solution = self._clock(ticket)
        self.assertEqual((solution.state, solution.date_reached), ("running", False))
        self.assertEqual(solution.date_deadline, at("2026-06-19 12:00:00"))

    def test_late_solution_stays_missed_whatever_happens_later(self):
        ticket = self._create_at(MONDAY, priority="3")
        with freeze_time("2026-06-16 12:00:00"):
            self._move(ticket, "solved")
        self.assertEqual(ticket.sla_status_ids.mapped("state"), ["missed", "missed"])
        with freeze_time("2026-06-16 13:00:00"):
            self._move(ticket, "open")
            self._move(ticket, "solved")
        self.assertEqual(self._clock(ticket).state, "missed")
        self.assertEqual(self._codes(ticket).count("sla_missed"), 2, "one for each of the two promises, ever")

    def test_closing_unanswered_is_neither_kept_nor_broken(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 09:00:00"):
            self._move(ticket, "closed")
        self.assertEqual(self._clock(ticket, "first_answer").state, "cancelled")
        self.assertEqual((self._clock(ticket).state, ticket.sla_state), ("cancelled", False), "refused is not solved")
        with freeze_time("2026-06-15 10:00:00"):
            self._move(ticket, "open")
        self.assertEqual(self._clock(ticket).state, "running")

    def test_solved_ticket_that_is_closed_later_was_solved_in_time(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 09:00:00"):
            self._move(ticket, "solved")
        with freeze_time("2026-06-29 09:00:00"):
            self._move(ticket, "closed")
        self.assertEqual(
            (self._clock(ticket).state, self._clock(ticket).date_reached), ("met", at("2026-06-15 09:00:00"))
        )

    @freeze_time(MONDAY)
    def test_policy_without_minutes_promises_nothing(self):
        self.policy.target_ids.write({"first_answer_minutes": 0, "solution_minutes": 0})
        ticket = self._create_ticket()
        self.assertFalse(ticket.sla_status_ids or ticket.sla_state)

    def test_ticket_with_a_missed_and_a_running_promise_is_missed_and_nothing_else(self):
        mixed, none = self._create_at(MONDAY), self._create_at(MONDAY, team_id=self.other_team.id)
        none._get_sla_rows().unlink()
        with freeze_time("2026-06-15 13:00:00"):
            mixed._get_sla_rows()._find_missed()._sla_settle()
        self.assertEqual(sorted(mixed.sla_status_ids.mapped("state")), ["missed", "running"])
        tickets = [("id", "in", (mixed + none).ids)]
        for domain, found in (
            ([("sla_state", "=", "missed")], mixed),
            ([("sla_state", "=", "running")], mixed.browse()),
            ([("sla_state", "=", False)], none),
        ):
            self.assertEqual(self.env["service.ticket"].search([*tickets, *domain]), found)

    def test_only_a_message_to_the_customer_is_an_answer(self):
        ticket = self._create_at(MONDAY)
        first = self._clock(ticket, "first_answer")
        with freeze_time("2026-06-15 09:00:00"):
            self._note(ticket)
            self._move(ticket, "waiting_customer")
            self._move(ticket, "open")
            self.assertEqual((first.state, first.date_reached), ("running", False))
            self._answer(ticket)
        self.assertEqual((first.state, first.date_reached), ("met", at("2026-06-15 09:00:00")))
        self.assertEqual(ticket.date_first_answer, at("2026-06-15 09:00:00"))

    @freeze_time(MONDAY)
    def test_the_customers_own_words_are_no_answer(self):
        ticket = self._create_ticket()
        self._write_as_customer(ticket)
        self.assertEqual(self._clock(ticket, "first_answer").state, "running")

    @freeze_time(MONDAY)
    def test_message_that_does_not_reach_the_customer_is_no_answer(self):
        ticket = self._create_ticket()
        ticket.message_unsubscribe(self.alice.ids)
        self._answer(ticket, partner_ids=self.lena.partner_id.ids)
        self.assertEqual(self._clock(ticket, "first_answer").state, "running")

    def test_promises_follow_priority_and_team(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 08:30:00"):
            ticket.priority = "3"
            self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-15 12:00:00"))
            own = self.env["service.sla.policy"].create(
                {
                    "name": "Other",
                    "sequence": 1,
                    "team_id": self.other_team.id,
                    "target_ids": [fields.Command.create({"priority": "3", "solution_minutes": 60})],
                }
            )
            ticket.team_id = self.other_team
        self.assertEqual(ticket.sla_status_ids.mapped("metric"), ["solution"])
        self.assertEqual(
            (self._clock(ticket).policy_id, self._clock(ticket).date_deadline), (own, at("2026-06-15 09:00:00"))
        )

    def test_change_of_priority_keeps_the_pause(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 09:00:00"):
            self._move(ticket, "waiting_customer")
        with freeze_time("2026-06-15 11:00:00"):
            self._move(ticket, "open")
            ticket.priority = "3"
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-15 14:00:00"))

    @freeze_time(MONDAY)
    def test_policy_of_another_company_does_not_hold(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.policy.company_id = other
        self.assertFalse(self._create_ticket().sla_status_ids)
