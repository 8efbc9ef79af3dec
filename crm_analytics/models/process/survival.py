"""How long things stay where they are, with those that have not left yet counted for as long as they were seen.

Kaplan & Meier (1958), "Nonparametric Estimation from Incomplete Observations", JASA 53, 457-481.

Of four that entered, one left on the first day, one on the third; two were seen for two days and five days only:

>>> curve = kaplan_meier([(1, 1, 0), (2, 0, 1), (3, 1, 0), (5, 0, 1)])
>>> [(day, round(share, 3)) for day, share in curve]
[(0, 1.0), (1, 0.75), (3, 0.375)]
>>> share_after(curve, 2), share_after(curve, 30)
(0.75, 0.375)
>>> median_of(curve)
3
"""

DAYS = (7, 14, 30, 60, 90, 180)


def kaplan_meier(rows):
    """The share that is still there after each day on which somebody left.

    :param rows: tuples of day, how many left on it, and how many were last seen on it, sorted by day
    """
    at_risk = sum(left + seen for _day, left, seen in rows)
    curve, share = [(0, 1.0)], 1.0
    for day, left, seen in rows:
        if left and at_risk:
            share *= 1 - left / at_risk
            curve.append((day, share))
        at_risk -= left + seen
    return curve


def share_after(curve, day):
    """The share that is still there after a number of days."""
    return next(share for known, share in reversed(curve) if known <= day)


def median_of(curve):
    """The day after which less than half is still there; none when most never left."""
    return next((day for day, share in curve if share < 0.5), None)
