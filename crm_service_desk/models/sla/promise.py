"""When a promise is due, from its start, its length, its pauses and its level of escalation; plain Python, no ORM.

>>> from datetime import datetime as d
>>> from .sla_clock import WorkClock
>>> clock = WorkClock([(d(2026, 11, 23, 8), d(2026, 11, 23, 16))])
>>> pauses = [(d(2026, 11, 23, 9), d(2026, 11, 23, 10))]
>>> promise = Promise("any", None, None, d(2026, 11, 23, 8), 2 * 3600, pauses, (5, False, 50))
>>> dates = promise.find_dates(clock)
>>> dates["date_deadline"].hour, dates["paused_seconds"], dates["date_escalation"].hour, promise.is_beyond(dates)
(11, 3600, 10, False)

What lies beyond the clock is known as such:

>>> late = Promise("any", None, None, d(2026, 11, 23, 15), 2 * 3600, [])
>>> late.is_beyond(late.find_dates(clock))
True
"""

from collections import namedtuple
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .sla_clock import is_stopped

NO_LEVEL = (False, False, 0)  # id, metric, percent

NewPromise = namedtuple("NewPromise", "ticket rule pauses")


def list_pauses(phases, metric, third_party_counts):
    """The spells that are over and in which a clock stood still, in order.

    :param phases: things with `category`, `date_start` and `date_stop`
    """
    return [
        (phase.date_start, phase.date_stop)
        for phase in phases
        if phase.date_stop and is_stopped(metric, phase.category, third_party_counts=third_party_counts)
    ]


@dataclass
class Promise:
    """So many seconds of work from a start.

    :param key: what it is known by
    :param level: id, metric and percent of the next level of escalation
    """

    key: Any
    calendar: Any
    company: Any
    start: datetime
    seconds: int
    pauses: list
    level: tuple = NO_LEVEL

    def find_dates(self, clock):
        paused = clock.credit(self.start, self.seconds, self.pauses)
        level_id, _metric, percent = self.level
        escalation = level_id and clock.deadline(self.start, self.seconds * percent / 100 + paused)
        return {
            "date_deadline": clock.deadline(self.start, self.seconds + paused) or False,
            "paused_seconds": paused,
            "next_level_id": level_id,
            "date_escalation": escalation or False,
        }

    def is_beyond(self, dates):
        """Whether the clock ended before one of its dates."""
        return not dates["date_deadline"] or bool(dates["next_level_id"] and not dates["date_escalation"])
