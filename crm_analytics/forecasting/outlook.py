"""From a history of months to an honest outlook: which method, how far off, and why no more can be said."""

import numpy as np

from . import ensemble, theta
from .interval import backtest, half_widths

# With less than a year nothing can be learned about trend or season.
SHORT = 12
LEAST_TRAINING = 9
# Half-widths in standard deviations for a short history: deliberately wide.
SHORT_FACTORS = {80: 2.0, 95: 3.5}


def forecast_revenue(request):
    """Continue a monthly series; the request has the arguments of `continue_series`."""
    return continue_series(request["total"], request["parts"], request["horizon"])


def continue_series(total, parts, horizon):
    """Continue a monthly series.

    :param total: the figures to continue, oldest first
    :param parts: series of the same months (such as the teams'), whose back-tests make the interval more certain
    :return: dict with method, points and what the back-test says; no points without history

    >>> continue_series([], [], 6)["method"]
    'none'
    >>> continue_series([100.0, 110.0, 90.0], [], 1)["points"][0]["amount"]
    100.0
    """
    total = np.asarray(total, dtype=float)
    if not len(total):
        return {"method": "none", "points": [], "months": 0}
    if len(total) < SHORT:
        return _short(total, horizon)
    series = np.vstack([total, *(part for part in parts if len(part) == len(total) and np.any(part))])
    methods, least = {"theta": theta.forecast}, LEAST_TRAINING
    if len(total) > 2 * theta.SEASON:
        # Both are tried on the same past months, or the comparison would not be fair.
        methods["seasonal_naive"], least = theta.seasonal_naive, theta.SEASON + 1
        if ensemble.has_statsforecast():
            methods["ets_theta"] = ensemble.forecast_precisely
    tests = {name: (function, backtest(function, series, horizon, least)) for name, function in methods.items()}
    method = min(tests, key=lambda name: tests[name][1].error)
    function, test = tests[method]
    outlook = function(series, horizon)
    baseline = tests.get("seasonal_naive")
    return {
        "method": method,
        "months": len(total),
        "seasonal": bool(outlook.seasonal[0]),
        "error": test.error,
        "baseline_error": baseline[1].error if baseline else None,
        "origins": test.origins,
        "points": _points(outlook.mean[0], half_widths(test, outlook.scale[0]), total),
    }


def _short(total, horizon):
    mean = np.full(horizon, total.mean())
    deviation = total.std(ddof=1) if len(total) > 2 else abs(total.mean()) / 2
    deviation = max(deviation, abs(total.mean()) / 10) * np.sqrt(1 + 1 / len(total))
    widths = {name: np.full(horizon, times * deviation) for name, times in SHORT_FACTORS.items()}
    return {"method": "mean", "months": len(total), "seasonal": False, "points": _points(mean, widths, total)}


def _points(mean, widths, total):
    """Revenue that was never negative is not expected to be."""
    floor = 0.0 if (total >= 0).all() else -np.inf
    mean = np.maximum(mean, floor)
    return [
        {
            "amount": float(mean[ahead]),
            **{f"low_{name}": float(max(mean[ahead] - width[ahead], floor)) for name, width in widths.items()},
            **{f"high_{name}": float(mean[ahead] + width[ahead]) for name, width in widths.items()},
        }
        for ahead in range(len(mean))
    ]
