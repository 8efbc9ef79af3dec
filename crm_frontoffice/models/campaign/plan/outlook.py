"""What a campaign will come to if it goes on as it did.

Halfway through, half of it is there:

>>> from datetime import date
>>> forecast(50.0, date(2026, 6, 1), date(2026, 6, 30), date(2026, 6, 15))
100.0

Before the start nothing is known, and after the end nothing more comes:

>>> forecast(0.0, date(2026, 6, 1), date(2026, 6, 30), date(2026, 5, 1)) is None
True
>>> forecast(80.0, date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 15))
80.0

A campaign without an end is not told ahead:

>>> forecast(80.0, date(2026, 6, 1), None, date(2026, 7, 15)) is None
True
"""


def forecast(actual, start, end, today):
    """The result at the end of the period; None when it cannot be told."""
    if not start or not end or today < start:
        return None
    days = (end - start).days + 1
    passed = min((today - start).days + 1, days)
    return actual * days / passed
