"""The calendar of the story: days are counted from the first day of the window to today."""

import bisect
import itertools
from datetime import UTC, datetime, time, timedelta

from .parameters import WINDOW_DAYS


class Clock:
    """Days and moments of the window that ends now, and how much business each day sees."""

    def __init__(self, today, behaviour):
        self.today = today
        # The story ends with yesterday: nothing in it lies in the future.
        self.now = datetime.combine(today, time(0, 0))
        self.first_day = today - timedelta(days=WINDOW_DAYS)
        self.behaviour = behaviour
        self.weights = [self._weight(day) for day in range(WINDOW_DAYS)]
        self._cumulated = list(itertools.accumulate(self.weights))

    def _weight(self, number):
        behaviour, day = self.behaviour, self.first_day + timedelta(days=number)
        trend = (1 + behaviour.yearly_growth) ** (number / 365.25)
        return trend * behaviour.season[day.month - 1] * (behaviour.weekend if day.weekday() > 4 else 1.0)

    def draw_day(self, rng):
        """A day of the window, drawn by the inflow of business."""
        return bisect.bisect(self._cumulated, rng.random() * self._cumulated[-1])

    def season(self, day):
        """The seasonal factor of a day, without trend and weekends."""
        return self.behaviour.season[(self.first_day + timedelta(days=int(day))).month - 1]

    def moment(self, day, rng):
        """A moment of working time on a day of the window; weekends' work waits for Monday."""
        date = self.first_day + timedelta(days=int(day))
        midnight = datetime.combine(date, time(0, 0))
        return midnight + timedelta(seconds=rng.randrange(6 * 3600, 17 * 3600))

    def before_window(self, rng):
        """A moment in the two years before the window."""
        return self.moment(-rng.randrange(1, 730), rng)


def utc_today():
    return datetime.now(UTC).date()
