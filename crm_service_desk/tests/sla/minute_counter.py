"""Working time counted minute by minute, from what a person would read in the calendar.

Slow, plain, and written without a look at the engine.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class MinuteCounter:
    """A week of office hours in a time zone, without holidays.

    :param hours: pairs of (weekday, from, to), in hours of local time
    :param holidays: pairs of UTC moments
    """

    def __init__(self, zone, hours, holidays=()):
        self.zone, self.hours, self.holidays = ZoneInfo(zone), hours, holidays

    def is_working(self, moment):
        local = moment.replace(tzinfo=UTC).astimezone(self.zone)
        hour = local.hour + local.minute / 60
        return any(day == local.weekday() and start <= hour < stop for day, start, stop in self.hours) and not any(
            start <= moment < stop for start, stop in self.holidays
        )

    def deadline(self, start, minutes, pauses=()):
        """The end of the last promised minute; minutes in a pause do not count."""
        moment = start
        while minutes:
            if self.is_working(moment) and not any(a <= moment < b for a, b in pauses):
                minutes -= 1
            moment += MINUTE
        return moment
