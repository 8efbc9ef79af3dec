"""Working time as a number that can be added and subtracted; plain Python, no ORM.

A calendar is a list of spells of work, pairs of UTC moments. The clock adds their lengths up once; every question after
that is a binary search.

>>> from datetime import datetime as d
>>> clock = WorkClock([(d(2026, 11, 20, 8), d(2026, 11, 20, 16)), (d(2026, 11, 23, 8), d(2026, 11, 23, 16))])

Two hours from Friday 15:00 end on Monday at 9:00, and a deadline falls on the end of a spell, not on the next start:

>>> clock.deadline(d(2026, 11, 20, 15), 2 * 3600)
datetime.datetime(2026, 11, 23, 9, 0)
>>> clock.deadline(d(2026, 11, 20, 15), 3600)
datetime.datetime(2026, 11, 20, 16, 0)

What comes in outside working time starts with the next spell; no time at all is due at once:

>>> clock.deadline(d(2026, 11, 21, 12), 60)
datetime.datetime(2026, 11, 23, 8, 1)
>>> clock.deadline(d(2026, 11, 21, 12), 0)
datetime.datetime(2026, 11, 21, 12, 0)

Beyond the last spell the clock does not guess:

>>> clock.deadline(d(2026, 11, 23, 15), 2 * 3600) is None
True
>>> clock.worked(d(2026, 11, 20, 15), d(2026, 11, 23, 9)) / 3600
2.0

Of a pause, only the working time since the start counts, and a pause after the deadline excuses nothing:

>>> pauses = [(d(2026, 11, 20, 14), d(2026, 11, 23, 9)), (d(2026, 11, 23, 12), d(2026, 11, 23, 13))]
>>> clock.credit(d(2026, 11, 20, 15), 3600, pauses) / 3600
2.0
"""

from bisect import bisect_left, bisect_right
from datetime import timedelta
from itertools import accumulate

# What may be promised. The two in the middle come up anew with every message, the others once per ticket.
METRICS = ("first_answer", "next_answer", "update", "solution")
CYCLES = ("next_answer", "update")

OPEN = ("new", "open")
WAITING = ("waiting_customer", "waiting_third_party")
DONE = ("solved", "closed")

# Where each clock stands still. Waiting for the customer does not excuse an answer that was never given; who waits for
# a third party still wants to hear how it goes.
STOPPED_IN = {
    "first_answer": DONE,
    "next_answer": DONE,
    "update": ("waiting_customer", *DONE),
    "solution": WAITING + DONE,
}


class WorkClock:
    """Answers "when is it due" and "how long was that" over one calendar."""

    def __init__(self, spells):
        spells = sorted(spell for spell in spells if spell[0] < spell[1])
        self._starts = [start for start, _stop in spells]
        self._stops = [stop for _start, stop in spells]
        lengths = [(stop - start).total_seconds() for start, stop in spells]
        self._done_before = [0.0, *accumulate(lengths)]

    def _total(self, moment):
        """Seconds of work from the first spell to a moment."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0.0
        return self._done_before[index] + (min(moment, self._stops[index]) - self._starts[index]).total_seconds()

    def worked(self, start, stop):
        """Seconds of work between two moments; none if they are in the wrong order."""
        return max(self._total(stop) - self._total(start), 0.0)

    def deadline(self, start, seconds):
        """The moment when that much work has passed since the start, or None if the spells end before."""
        if seconds <= 0:
            return start
        wanted = self._total(start) + seconds
        index = bisect_left(self._done_before, wanted) - 1
        if index >= len(self._starts):
            return None
        return self._starts[index] + timedelta(seconds=wanted - self._done_before[index])

    def credit(self, start, seconds, pauses):
        """Seconds of work that pauses add to a promise: only what began before it was due.

        :param pauses: pairs of moments, in order
        """
        credited = 0
        for pause_start, pause_stop in pauses:
            due = self.deadline(start, seconds + credited)
            if due is not None and pause_start >= due:
                break
            credited += int(self.worked(max(pause_start, start), pause_stop))
        return credited


def is_stopped(metric, category, *, third_party_counts=False):
    """Whether the clock of a promise stands still in a category of stages.

    :param third_party_counts: the policy lets the solution's clock run while a third party is awaited

    >>> is_stopped("solution", "waiting_third_party"), is_stopped("update", "waiting_third_party")
    (True, False)
    >>> is_stopped("solution", "waiting_third_party", third_party_counts=True)
    False
    """
    return category in STOPPED_IN[metric] and not (third_party_counts and category == "waiting_third_party")


def state_after_move(metric, state, *, overdue, category, third_party_counts=False):
    """What becomes of a promise that is still open when its ticket moves.

    :param overdue: its deadline has passed, whether or not anybody noticed

    >>> state_after_move("solution", "running", overdue=False, category="waiting_customer")
    'paused'
    >>> state_after_move("solution", "paused", overdue=False, category="solved")
    'met'
    >>> state_after_move("solution", "running", overdue=True, category="solved")
    'missed'

    A ticket closed without any answer has not kept the promise to answer, nor broken it:

    >>> state_after_move("first_answer", "running", overdue=False, category="closed")
    'cancelled'

    Nor is a ticket that was closed without ever being solved, such as one that was refused, solved in time:

    >>> state_after_move("solution", "running", overdue=False, category="closed")
    'cancelled'
    >>> state_after_move("solution", "met", overdue=False, category="closed")
    'met'

    Reopening goes on where it stopped, but what was missed stays missed:

    >>> state_after_move("solution", "met", overdue=False, category="open")
    'running'
    >>> state_after_move("solution", "missed", overdue=False, category="open")
    'missed'
    """
    if overdue or state == "missed":
        return "missed"
    if category in DONE:
        return "met" if metric == "solution" and (category == "solved" or state == "met") else "cancelled"
    return "paused" if is_stopped(metric, category, third_party_counts=third_party_counts) else "running"
