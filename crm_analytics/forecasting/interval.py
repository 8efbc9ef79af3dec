"""Prediction intervals from what a method got wrong before, not from what it believes of itself.

Split conformal prediction (Vovk, Gammerman & Shafer 2005; Lei et al. 2018, JASA 113) with the errors of rolling
back-tests pooled over related series: each error is divided by the scale that the method expected, and the interval is
that scale times a quantile of the quotients. A method's own 80 % interval usually holds some 70 %.

>>> factor(np.arange(1.0, 20.0), 0.8)
16.0
"""

from dataclasses import dataclass

import numpy as np

LEVELS = {80: 0.80, 95: 0.95}
# Half-widths in standard errors if errors were normal; no interval gets narrower than these with few back-tests.
NORMAL = {80: 1.2816, 95: 1.96}
# Below so many back-tests a quantile is guesswork.
ENOUGH_SCORES = 20
MAX_ORIGINS = 18


@dataclass(frozen=True)
class Backtest:
    """Scaled absolute errors per month ahead, and the plain error of the first series over all of them."""

    scores: list
    error: float
    origins: int


def backtest(method, series, horizon, least):
    """Forecast from past months as if they were the present, and compare with what came.

    :param least: months that the method needs before the first origin
    """
    length = series.shape[1]
    scores = [[] for _ in range(horizon)]
    wrong = total = 0.0
    origins = range(max(least, length - MAX_ORIGINS), length)
    for origin in origins:
        outlook = method(series[:, :origin], horizon)
        seen = min(horizon, length - origin)
        errors = np.abs(series[:, origin : origin + seen] - outlook.mean[:, :seen])
        for ahead in range(seen):
            scores[ahead].extend((errors[:, ahead] / outlook.scale[:, ahead]).tolist())
        wrong += errors[0].sum()
        total += np.abs(series[0, origin : origin + seen]).sum()
    return Backtest(scores, wrong / total if total else 0.0, len(origins))


def factor(scores, level):
    """The quantile of past scores that covers a new one with the wanted probability; the worst one if they are few."""
    ordered = np.sort(scores)
    return float(ordered[min(int(np.ceil((len(ordered) + 1) * level)), len(ordered)) - 1])


def half_widths(test, scale):
    """Half-widths per level for the first series: never narrower a month later, nor at a lower level.

    >>> widths = half_widths(Backtest([[1.0, 2.0], [0.5]], 0.1, 2), np.array([10.0, 10.0]))
    >>> bool((widths[80] <= widths[95]).all()), bool(widths[80][0] <= widths[80][1])
    (True, True)
    """
    pooled = [score for month in test.scores for score in month]
    widths = {}
    for name, level in LEVELS.items():
        factors = [_factor(month, pooled, name, level) for month in test.scores]
        widths[name] = np.maximum.accumulate(np.array(factors) * scale)
    widths[95] = np.maximum(widths[80], widths[95])
    return widths


def _factor(month, pooled, name, level):
    if len(month) >= ENOUGH_SCORES:
        return factor(month, level)
    return max(factor(pooled, level), NORMAL[name]) if pooled else 2 * NORMAL[name]
