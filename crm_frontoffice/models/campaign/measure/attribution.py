"""Which touch deserves how much of a sale; each way of dividing comes to one.

>>> days = [30, 10, 0]  # before the sale, oldest first
>>> divide("first", days), divide("last", days)
([1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
>>> [round(part, 2) for part in divide("linear", days)]
[0.33, 0.33, 0.33]
>>> [round(part, 2) for part in divide("position", days)]
[0.4, 0.2, 0.4]
>>> [round(part, 2) for part in divide("position", [30, 20, 10, 0])]
[0.4, 0.1, 0.1, 0.4]
>>> divide("position", [5, 0]), divide("position", [5])
([0.5, 0.5], [1.0])

The nearer the more: a touch counts half of one that is a half-life nearer.

>>> [round(part, 3) for part in divide("decay", [14, 7, 0], half_life=7)]
[0.143, 0.286, 0.571]
>>> divide("linear", [])
[]
"""

WAYS = ("first", "last", "linear", "position", "decay")
HALF_LIFE_DAYS = 7
ENDS = 0.4  # of the first and of the last touch, by position
LOOKBACK_DAYS = 90  # before the sale, in which a touch may have led to it


def divide(way, days_before, half_life=HALF_LIFE_DAYS):
    """The shares of touches, parallel to their days before the sale, oldest first."""
    count = len(days_before)
    if not count:
        return []
    weights = {
        "first": lambda: [1.0] + [0.0] * (count - 1),
        "last": lambda: [0.0] * (count - 1) + [1.0],
        "linear": lambda: [1.0] * count,
        "position": lambda: _by_position(count),
        "decay": lambda: [0.5 ** (days / half_life) for days in days_before],
    }[way]()
    total = sum(weights)
    return [weight / total for weight in weights]


def _by_position(count):
    if count <= 2:
        return [1.0] * count
    return [ENDS, *[(1 - 2 * ENDS) / (count - 2)] * (count - 2), ENDS]
