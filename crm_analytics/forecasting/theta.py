"""The Theta method, for many monthly series at once.

Assimakopoulos & Nikolopoulos (2000), "The theta model: a decomposition approach to forecasting", International Journal
of Forecasting 16, 521-530. Computed as Hyndman & Billah (2003), "Unmasking the Theta method", IJF 19, 287-290, showed
it to be: simple exponential smoothing with a drift of half the slope of the linear trend.

A series that grows by ten a month goes on, at half the pace beyond the last level:

>>> outlook = forecast(np.arange(100.0, 220.0, 10.0), 3)
>>> np.round(outlook.mean, 0).tolist()
[[215.0, 220.0, 225.0]]

A yearly pattern is found and continued:

>>> year = np.array([80, 85, 95, 100, 105, 110, 90, 75, 100, 115, 120, 125.0])
>>> outlook = forecast(np.tile(year, 3), 3)
>>> bool(outlook.seasonal[0]), np.round(outlook.mean[0]).tolist()
(True, [80.0, 85.0, 95.0])
"""

from dataclasses import dataclass

import numpy as np

SEASON = 12
# Smoothing constants tried; the one with the smallest one-step error is taken.
ALPHAS = np.linspace(0.05, 0.95, 19)
# One-sided 5 % point of the normal distribution: how strong a yearly pattern must be to be believed.
SEASONAL_Z = 1.645


@dataclass(frozen=True)
class Outlook:
    """Forecasts of several series: arrays of (series, month ahead), and whether a yearly pattern was used."""

    mean: np.ndarray
    scale: np.ndarray
    seasonal: np.ndarray


def forecast(series, horizon):
    """Continue series of equal length, one per row; `scale` is the error that the method expects of itself."""
    series = np.atleast_2d(np.asarray(series, dtype=float))
    seasonal = is_seasonal(series)
    factors, offsets = _seasonal_pattern(series, seasonal)
    length = series.shape[1]
    months = np.arange(length + horizon) % SEASON
    adjusted = (series - offsets[:, months[:length]]) / factors[:, months[:length]]
    mean, scale = _smooth_with_drift(adjusted, horizon)
    ahead = months[length:]
    return Outlook(mean * factors[:, ahead] + offsets[:, ahead], scale * factors[:, ahead], seasonal)


def is_seasonal(series):
    """Whether this year's ups and downs resemble last year's: correlation of monthly changes a year apart.

    Changes instead of levels: a level that wanders resembles itself a year later without any season.

    >>> bool(is_seasonal(np.arange(36.0))[0]), bool(is_seasonal(np.tile(np.arange(12.0) ** 2, 2))[0])
    (False, True)
    """
    series = np.atleast_2d(series)
    if series.shape[1] < 2 * SEASON:
        return np.zeros(len(series), dtype=bool)
    changes = np.diff(series, axis=1)
    before, after = changes[:, :-SEASON], changes[:, SEASON:]
    before = before - before.mean(axis=1, keepdims=True)
    after = after - after.mean(axis=1, keepdims=True)
    norm = np.sqrt((before**2).sum(axis=1) * (after**2).sum(axis=1))
    tiny = 1e-9 * (series**2).sum(axis=1)
    correlation = np.where(norm > tiny, (before * after).sum(axis=1) / np.where(norm > tiny, norm, 1), 0)
    return correlation > SEASONAL_Z / np.sqrt(before.shape[1])


def seasonal_naive(series, horizon):
    """The same month of last year: the baseline that a model has to beat.

    >>> seasonal_naive(np.arange(24.0), 2).mean.tolist()
    [[12.0, 13.0]]
    """
    series = np.atleast_2d(np.asarray(series, dtype=float))
    mean = series[:, -SEASON:][:, np.arange(horizon) % SEASON]
    error = np.sqrt(((series[:, SEASON:] - series[:, :-SEASON]) ** 2).mean(axis=1, keepdims=True))
    return Outlook(mean, np.repeat(_positive(error, series), horizon, axis=1), np.ones(len(series), dtype=bool))


def _smooth_with_drift(series, horizon):
    """Exponential smoothing plus half the linear trend; returns forecasts and their expected error per month ahead."""
    count, length = series.shape
    time = np.arange(length) - (length - 1) / 2
    slope = (series * time).sum(axis=1) / (time**2).sum()
    level = np.repeat(series[:, :1], len(ALPHAS), axis=1)
    squares = np.zeros_like(level)
    drift = slope[:, None] / 2
    for step in range(1, length):
        faded = (1 - (1 - ALPHAS) ** step) / ALPHAS
        error = series[:, step : step + 1] - level
        squares += (error - drift * faded) ** 2
        level = level + ALPHAS * error
    best = squares.argmin(axis=1)
    rows = np.arange(count)
    alpha, last = ALPHAS[best][:, None], level[rows, best][:, None]
    ahead = np.arange(1, horizon + 1)
    mean = last + drift * (ahead - 1 + (1 - (1 - alpha) ** length) / alpha)
    rmse = np.sqrt(squares[rows, best] / max(length - 2, 1))[:, None]
    return mean, _positive(rmse, series) * np.sqrt(1 + (ahead - 1) * alpha**2)


def _seasonal_pattern(series, seasonal):
    """Monthly factors (positive series) and offsets (others), neutral where there is no yearly pattern."""
    factors = np.ones((len(series), SEASON))
    offsets = np.zeros((len(series), SEASON))
    positive = (series > 0).all(axis=1)
    for rows, pattern in ((seasonal & positive, factors), (seasonal & ~positive, offsets)):
        if rows.any():
            multiplicative = pattern is factors
            pattern[rows] = _monthly_means(series[rows], multiplicative=multiplicative)
    return factors, offsets


def _monthly_means(series, *, multiplicative):
    """Classical decomposition: what remains beside the moving average of a year, averaged per calendar month."""
    trend = _moving_average(series)
    floor = 1e-9 * series.mean(axis=1, keepdims=True)
    rest = series / np.maximum(trend, floor) if multiplicative else series - trend
    means = np.stack([rest[:, month::SEASON].mean(axis=1) for month in range(SEASON)], axis=1)
    centre = means.mean(axis=1, keepdims=True)
    return np.maximum(means / centre, 0.05) if multiplicative else means - centre


def _moving_average(series):
    """The centred moving average of twelve months; half a year at each end follows its nearest slope."""
    half = SEASON // 2
    weights = np.r_[0.5, np.ones(SEASON - 1), 0.5] / SEASON
    inner = np.stack([np.convolve(row, weights, mode="valid") for row in series])
    span = min(half, inner.shape[1] - 1)
    first = (inner[:, span] - inner[:, 0])[:, None] / max(span, 1)
    last = (inner[:, -1] - inner[:, -1 - span])[:, None] / max(span, 1)
    steps = np.arange(1, half + 1)
    return np.hstack([inner[:, :1] - first * steps[::-1], inner, inner[:, -1:] + last * steps])


def _positive(error, series):
    """Errors are divided by: a series without any error gets a tiny one."""
    return np.maximum(error, 1e-6 * np.maximum(np.abs(series).mean(axis=1, keepdims=True), 1e-6))
