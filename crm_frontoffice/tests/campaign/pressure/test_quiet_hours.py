from odoo.tests import freeze_time, tagged

from ..journey.common import JourneyCase


@tagged("post_install", "-at_install")
class TestQuietHours(JourneyCase):
    """Journeys disturb nobody in quiet hours, which are those of the customer's clock and may go over midnight."""

    def _send_at(self, now, zone="Europe/Berlin", **values):
        """When the message goes that is due at a time, or that it has gone."""
        journey = self._create_journey("email", **values)
        self.customer.tz = zone
        with freeze_time(now):
            participant = self._enter(journey, self.customer)
            self._run(journey)
        return str(participant.date_due) if participant.state == "waiting" else "gone"

    def test_window_over_midnight(self):
        self.company.write({"quiet_from": 21, "quiet_to": 8})
        for now, expected in (
            ("2026-06-15 18:59:59", "gone"),
            ("2026-06-15 19:00:00", "2026-06-16 06:00:00"),
            ("2026-06-15 23:30:00", "2026-06-16 06:00:00"),
            ("2026-06-16 05:59:00", "2026-06-16 06:00:00"),
            ("2026-06-16 06:00:00", "gone"),
        ):
            with self.subTest(now=now):
                self.assertEqual(self._send_at(now), expected)

    def test_window_within_a_day(self):
        self.company.write({"quiet_from": 12, "quiet_to": 13.5})
        self.assertEqual(self._send_at("2026-06-15 10:30:00"), "2026-06-15 11:30:00")
        self.assertEqual(self._send_at("2026-06-15 11:30:00"), "gone")

    def test_clock_of_the_customer_counts(self):
        self.company.write({"quiet_from": 21, "quiet_to": 8})
        self.assertEqual(self._send_at("2026-06-15 15:00:00", "Asia/Tokyo"), "2026-06-15 23:00:00")
        self.assertEqual(self._send_at("2026-06-15 15:00:00", "America/New_York"), "gone")

    def test_night_of_the_clock_change(self):
        """The night to 2026-10-25 has an hour more: eight o'clock is at seven in UTC."""
        self.company.write({"quiet_from": 21, "quiet_to": 8})
        self.assertEqual(self._send_at("2026-10-24 20:00:00"), "2026-10-25 07:00:00")

    def test_no_quiet_hours(self):
        self.assertEqual(self._send_at("2026-06-15 23:30:00"), "gone")

    def test_what_everybody_has_to_know_goes_at_once(self):
        self.company.write({"quiet_from": 21, "quiet_to": 8})
        self.assertEqual(self._send_at("2026-06-15 23:30:00", is_limit_ignored=True), "gone")

    def test_customer_without_a_time_zone_has_that_of_the_company(self):
        self.company.write({"quiet_from": 21, "quiet_to": 8})
        self.company.partner_id.tz = "Asia/Tokyo"
        self.assertEqual(self._send_at("2026-06-15 15:00:00", False), "2026-06-15 23:00:00")

    def test_holiday_of_the_company_is_waited_for(self):
        self.company.write({"quiet_from": 21, "quiet_to": 8})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Midsummer",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-06-16 00:00:00",
                "date_to": "2026-06-16 21:59:59",
            }
        )
        self.assertEqual(self._send_at("2026-06-15 15:00:00"), "gone", "it is tomorrow")
        self.assertEqual(self._send_at("2026-06-16 10:00:00"), "2026-06-16 22:00:00", "then the quiet hours count")
        self.assertEqual(self._send_at("2026-06-16 10:00:00", is_limit_ignored=True), "gone")
        self.company.is_quiet_on_holidays = False
        self.assertEqual(self._send_at("2026-06-16 10:00:00"), "gone")
