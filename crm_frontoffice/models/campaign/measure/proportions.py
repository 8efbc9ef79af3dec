"""Whether two groups differ, and how many it takes to know.

An open rate of 20 % against 26 %, of 1000 each:

>>> test = compare(200, 1000, 260, 1000)
>>> round(test.difference, 3), round(test.low, 3), round(test.high, 3)
(0.06, 0.023, 0.097)
>>> test.p_value < 0.01, test.verdict
(True, 'second')

Too few to say is an answer:

>>> compare(20, 100, 26, 100).verdict
'inconclusive'
>>> compare(0, 0, 5, 10).verdict
'inconclusive'

To see a rise from 20 % to 26 % four times out of five:

>>> needed_per_group(0.20, 0.26)
769

A hundred people who spend 10 more on average, with a deviation of 50, are not enough either:

>>> compare_means(Group(100, 2000.0, 287500.0), Group(100, 3000.0, 337500.0)).verdict
'inconclusive'
>>> compare_means(Group(1000, 20000.0, 2875000.0), Group(1000, 30000.0, 3375000.0)).verdict
'second'
"""

from math import ceil, sqrt
from statistics import NormalDist
from typing import NamedTuple

NORMAL = NormalDist()
CONFIDENCE = 0.95
POWER = 0.8


class Group(NamedTuple):
    """How many there are, what they come to, and the sum of the squares."""

    count: int
    total: float
    squares: float

    @property
    def mean(self):
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self):
        if self.count < 2:
            return 0.0
        return max(0.0, (self.squares - self.total**2 / self.count) / (self.count - 1))


class Comparison(NamedTuple):
    """How much the second group is above the first, between which bounds, and what follows."""

    difference: float
    low: float
    high: float
    p_value: float
    verdict: str


def compare(hits_first, first, hits_second, second, confidence=CONFIDENCE):
    """Two shares: a z-test with the pooled share, and Newcombe's interval, which holds for small numbers too."""
    if not first or not second:
        return Comparison(0.0, -1.0, 1.0, 1.0, "inconclusive")
    share_first, share_second = hits_first / first, hits_second / second
    difference = share_second - share_first
    pooled = (hits_first + hits_second) / (first + second)
    error = sqrt(pooled * (1 - pooled) * (1 / first + 1 / second))
    p_value = 2 * (1 - NORMAL.cdf(abs(difference) / error)) if error else 1.0
    low_first, high_first = wilson(hits_first, first, confidence)
    low_second, high_second = wilson(hits_second, second, confidence)
    low = difference - sqrt((share_second - low_second) ** 2 + (high_first - share_first) ** 2)
    high = difference + sqrt((high_second - share_second) ** 2 + (share_first - low_first) ** 2)
    return Comparison(difference, low, high, p_value, _judge(difference, p_value, confidence))


def wilson(hits, count, confidence=CONFIDENCE):
    """Bounds of a share.

    >>> [round(bound, 3) for bound in wilson(0, 10)]
    [0.0, 0.278]
    """
    z = NORMAL.inv_cdf((1 + confidence) / 2)
    share = hits / count
    middle = share + z**2 / (2 * count)
    spread = z * sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    scale = 1 + z**2 / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def compare_means(first, second, confidence=CONFIDENCE):
    """Two averages of large groups, whose spreads may differ."""
    difference = second.mean - first.mean
    if first.count < 2 or second.count < 2:
        return Comparison(difference, float("-inf"), float("inf"), 1.0, "inconclusive")
    error = sqrt(first.variance / first.count + second.variance / second.count)
    if not error:
        return Comparison(difference, difference, difference, 1.0, "inconclusive")
    spread = NORMAL.inv_cdf((1 + confidence) / 2) * error
    p_value = 2 * (1 - NORMAL.cdf(abs(difference) / error))
    verdict = _judge(difference, p_value, confidence)
    return Comparison(difference, difference - spread, difference + spread, p_value, verdict)


def _judge(difference, p_value, confidence):
    if p_value >= 1 - confidence or not difference:
        return "inconclusive"
    return "second" if difference > 0 else "first"


def needed_per_group(share, hoped_for, confidence=CONFIDENCE, power=POWER):
    """How many each group needs for a difference of shares to show."""
    z = NORMAL.inv_cdf((1 + confidence) / 2) + NORMAL.inv_cdf(power)
    spread = share * (1 - share) + hoped_for * (1 - hoped_for)
    return ceil(z**2 * spread / (hoped_for - share) ** 2)
