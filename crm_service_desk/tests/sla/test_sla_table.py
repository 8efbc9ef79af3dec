import random
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..common import DeskCase, at
from .minute_counter import MINUTE, MinuteCounter

OFFICE = [(day, *span) for day in range(5) for span in ((8, 12), (13, 17))]
# Zone, office hours, and a span of days in which something happens to the clocks there.
CALENDARS = {
    "office": ("UTC", OFFICE, "2026-06-11"),
    "summer time ends": ("Europe/Berlin", OFFICE, "2026-10-22"),
    "summer time begins": ("Europe/Berlin", OFFICE, "2026-03-26"),
    "weekend only": ("Asia/Yekaterinburg", [(5, 9.5, 18), (6, 10, 14.25)], "2026-06-11"),
    "night shift": (
        "America/New_York",
        [(day, *span) for day in range(7) for span in ((0, 6), (22, 24))],
        "2026-10-29",
    ),
    "half hours of the zone": ("Asia/Kolkata", [(day, 9, 18.5) for day in range(6)], "2026-06-11"),
}
CASES = 36  # of each calendar


@tagged("post_install", "-at_install")
class TestSlaTable(DeskCase):
    """Deadlines of tickets equal those counted minute by minute, over weekends, holidays, DST and pauses."""

    def _create_calendar(self, zone, hours, day, chance):
        calendar = self.env["resource.calendar"].create(
            {
                "name": zone,
                "tz": zone,
                "company_id": self.company.id,
                "attendance_ids": [fields.Command.clear()]
                + [
                    fields.Command.create(
                        {
                            "name": "W",
                            "dayofweek": str(weekday),
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": "morning",
                        }
                    )
                    for weekday, start, stop in hours
                ],
            }
        )
        holidays = []
        for number in range(3):
            start = at(f"{day} 00:00:00") + timedelta(days=number * 4, minutes=chance.randrange(0, 1440))
            holidays.append((start, start + timedelta(minutes=chance.randrange(60, 2000))))
        for number, (start, stop) in enumerate(holidays):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": f"Holiday {number}",
                    "calendar_id": calendar.id,
                    "company_id": self.company.id,
                    "date_from": start,
                    "date_to": stop,
                }
            )
        return calendar, MinuteCounter(zone, hours, holidays)

    def _live(self, ticket, opened, chance):
        """The ticket waits and goes on, several times; returns its pauses."""
        pauses, moment = [], opened
        for _number in range(chance.randrange(0, 4)):
            start = moment + chance.randrange(1, 400) * MINUTE
            moment = start + chance.randrange(1, 4000) * MINUTE
            with freeze_time(start):
                self._move(ticket, chance.choice(("waiting_customer", "waiting_third_party")))
            with freeze_time(moment):
                self._move(ticket, "open")
            pauses.append((start, moment))
        return pauses

    def test_engine_agrees_with_counting(self):
        count = 0
        for name, (zone, hours, day) in CALENDARS.items():
            chance = random.Random(name)
            self.team.calendar_id, counter = self._create_calendar(zone, hours, day, chance)
            target = self.policy.target_ids.filtered(lambda line: line.priority == "1")
            for number in range(CASES):
                minutes = chance.randrange(1, 2400)
                target.solution_minutes = minutes
                opened = at(f"{day} 00:00:00") + chance.randrange(0, 7 * 1440) * MINUTE
                with freeze_time(opened):
                    ticket = self._create_ticket()
                pauses = self._live(ticket, opened, chance)
                count += 1
                with self.subTest(calendar=name, number=number, opened=opened, minutes=minutes, pauses=pauses):
                    self.assertEqual(self._clock(ticket).date_deadline, counter.deadline(opened, minutes, pauses))
        self.assertGreaterEqual(count, 200)
