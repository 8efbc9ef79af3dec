"""Many series at once: a forecast with intervals that hold, whichever method makes it.

A method's own 80 % interval usually holds some 70 %. Here one factor per month ahead is learned from one back-test over
all series (split conformal prediction): the quantile of what the method got wrong, by what it expected of itself.

With the optional package `statsforecast` the mean of AutoETS (Hyndman & Khandakar 2008, Journal of Statistical Software
27) and of the Theta method is taken: the more exact, and the slower way. Without it the Theta method serves alone.

>>> year = np.array([80, 85, 95, 100, 105, 110, 90, 75, 100, 115, 120, 125.0])
>>> panel = np.tile(year, (30, 5)) * (1 + np.arange(30)[:, None] / 10)
>>> panel = panel * np.random.default_rng(1).normal(1, 0.05, panel.shape)
>>> answer = forecast_with_intervals(panel[:, :48], 12)
>>> inside = (answer["low"][80] <= panel[:, 48:]) & (panel[:, 48:] <= answer["high"][80])
>>> bool(0.7 < inside.mean() < 0.92)
True
"""

import numpy as np

from . import theta
from .interval import LEVELS, factor


def forecast_with_intervals(series, horizon, method=theta.forecast):
    """Continue series of equal length, one per row.

    :param method: takes the series and the horizon, returns an `Outlook`
    :return: dict of `mean`, and `low` and `high` by level
    """
    series = np.atleast_2d(np.asarray(series, dtype=float))
    past, known = series[:, :-horizon], series[:, -horizon:]
    test, outlook = method(past, horizon), method(series, horizon)
    scores = np.abs(known - test.mean) / test.scale
    widths = {name: _widths(scores, level) * outlook.scale for name, level in LEVELS.items()}
    return {
        "mean": outlook.mean,
        "low": {name: outlook.mean - width for name, width in widths.items()},
        "high": {name: outlook.mean + width for name, width in widths.items()},
    }


def _widths(scores, level):
    """A factor for each month ahead, each smoothed by its neighbours: nothing changes at once from month to month."""
    raw = np.array([factor(scores[:, ahead], level) for ahead in range(scores.shape[1])])
    padded = np.pad(raw, 1, mode="edge")
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


def has_statsforecast():
    """Whether the optional package is there."""
    try:
        import statsforecast  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


def forecast_precisely(series, horizon):
    """The mean of AutoETS and Theta by `statsforecast`, as an `Outlook`; its scale is that of the Theta method."""
    from statsforecast.models import AutoETS, Theta

    series = np.atleast_2d(np.asarray(series, dtype=float))
    plain = theta.forecast(series, horizon)
    mean = np.empty_like(plain.mean)
    for place, row in enumerate(series):
        parts = [
            model.forecast(y=row, h=horizon)["mean"]
            for model in (AutoETS(season_length=theta.SEASON), Theta(season_length=theta.SEASON))
        ]
        mean[place] = np.mean(parts, axis=0)
    return theta.Outlook(mean, plain.scale, plain.seasonal)
