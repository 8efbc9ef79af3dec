"""Periods of days, each a pair of first and last day; None is open to that side."""

from datetime import date, timedelta


def join_periods(periods):
    """The same days as few periods as possible, in their order: periods that overlap or touch become one.

    >>> day = date.fromisoformat
    >>> spring, summer = (day("2026-03-01"), day("2026-05-31")), (day("2026-06-01"), day("2026-08-31"))
    >>> join_periods([summer, spring]) == [(day("2026-03-01"), day("2026-08-31"))]
    True
    >>> join_periods([(day("2026-07-01"), None), spring]) == [spring, (day("2026-07-01"), None)]
    True
    >>> join_periods([(day("2026-07-01"), None), (None, None)])
    [(None, None)]
    """
    joined = []
    for first, last in sorted(periods, key=lambda period: (period[0] or date.min, period[1] or date.max)):
        if joined and _touches(joined[-1][1], first):
            joined[-1] = (joined[-1][0], _later(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _touches(last, first):
    return last is None or first is None or first <= last + timedelta(days=1)


def _later(last, other):
    return None if last is None or other is None else max(last, other)
