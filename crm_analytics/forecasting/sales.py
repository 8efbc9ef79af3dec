"""Won revenue of the coming months: from the open deals, from deals that do not exist yet, and from the past alone.

- **Open deals**: each stage and time spent in it has a rate, the share of revenue that was won so many windows later.
- **Inflow**: the revenue that is created from now on, by the Theta method, times the share that is won soon.
- **Time series**: the Theta method over won revenue.

The first two add up; the third is blended in by as much as made past rounds better. Every past cut-off is forecast with
what was known then; the errors of those rounds make the intervals (split conformal prediction, see `interval.py`). An
error is measured by what chance alone would make of it: the sum of deals that come like calls to a switchboard (a
compound Poisson process) has the variance `amount x mean deal`, the mean weighted by size.

A level may be late: a deal comes to it when more is known of it, as to a product category. Its segments are drawn
towards what all such deals are like, and the one of which nothing is known yet towards the whole.

A window is thirty days; cut-off `n` is the moment at which window `n` begins, the last one is now.
"""

from dataclasses import dataclass, field

import numpy as np

from . import theta
from .interval import LEVELS, NORMAL, factor

WINDOWS = 6  # forecast ahead
QUARTER = 3  # windows that are judged together
LEAST = 8  # windows of history before the first forecast
FADE = 0.93  # how much less a window counts than the one after it
PRIOR = 0.02  # of all revenue, spread over the cells, when rates are estimated
WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8)  # of the time series
ENOUGH_SCORES = 12
BIAS_FADE, CALM = 0.9, 2.0  # how soon a past bias is forgotten, and how many rounds speak against any
# Levels that a deal comes to when more is known of it: it is further on then, and is won sooner, than one that begins.
LATE_LEVELS = ("category",)
DRIFT = 0.06  # of the amount: what is not chance, but change


@dataclass
class Segment:
    """What is known of a company, a team, a salesperson, or whatever else is forecast.

    :param key: level and record
    :param opened: revenue open at each cut-off, by cell (stage and time in it)
    :param won: what of it was won in each of the following windows
    :param created: revenue of the deals created in each window
    :param cohort: what of it was won in the same window, in the next one, and so on
    :param total: revenue won in each window
    :param sizes: mean deal won before each cut-off, weighted by size
    """

    key: list
    opened: np.ndarray
    won: np.ndarray
    created: np.ndarray
    cohort: np.ndarray
    total: np.ndarray
    sizes: np.ndarray
    parts: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Prior:
    """What holds for a segment while little is known of it.

    :param skill: how much better than the rates of the whole
    :param soon: the share of created revenue that is won in the same window, in the next one, and so on
    """

    skill: float
    soon: np.ndarray


def forecast_sales(request):
    """Forecast each segment, the first of which is the whole.

    :param request: dict with `steps`, `cells` and `segments`: dicts of `key`, `open` (rows of cut-off, cell, revenue,
        and what was won in each window after), `deals` (rows of window of creation, window of winning or none,
        revenue, squared revenue)
    :return: dict with `segments`, each with its `windows`, its `quarter`, and its `rounds` in the past
    """
    steps, cells = request["steps"], request["cells"]
    segments = [_segment(values, steps, cells) for values in request["segments"]]
    if steps < LEAST or not segments or not segments[0].total[:steps].any():
        return {"segments": []}
    whole = segments[0]
    known = _pool_known(segments, whole)
    for cut in range(LEAST, steps + 1):
        rates, soon = _rates(whole, cut), _conversion(whole, cut)
        further = Prior(_skill(known, cut, rates), _conversion(known, cut, soon)) if known else None
        for segment in segments:
            late = segment.key[0] in LATE_LEVELS
            prior = further if late and segment.key[1] else Prior(1.0, soon)
            segment.parts[cut] = _parts(segment, cut, rates, prior, late=late)
    weights = {cut: _weight(whole, cut) for cut in range(LEAST, steps + 1)}
    bias = {cut: _bias(whole, cut, weights) for cut in weights}
    blended = [{cut: bias[cut] * _blend(segment.parts[cut], weights[cut]) for cut in weights} for segment in segments]
    scores = _scores(segments, blended, steps)
    return {
        "weight": weights[steps],
        "segments": [_answer(segment, means, scores, steps) for segment, means in zip(segments, blended, strict=True)],
    }


def _segment(values, steps, cells):
    opened = np.zeros((steps + 1, cells))
    won = np.zeros((steps + 1, WINDOWS, cells))
    for cut, cell, amount, *later in values["open"]:
        opened[cut, cell] += amount
        won[cut, :, cell] += later
    created, total = np.zeros(steps + 1), np.zeros(steps + WINDOWS + 1)
    cohort = np.zeros((steps + 1, WINDOWS))
    squares = np.zeros(steps + 1)
    for begun, ended, amount, squared in values["deals"]:
        if begun in range(steps):
            created[begun] += amount
        if ended in range(steps):
            total[ended] += amount
            squares[ended + 1] += squared
            if begun >= 0 and ended - begun < WINDOWS:
                cohort[begun, ended - begun] += amount
    amounts = np.concatenate([[0.0], np.cumsum(total[:steps])])
    sizes = np.cumsum(squares) / np.maximum(amounts, 1e-9)
    return Segment(values["key"], opened, won, created, cohort, total, sizes)


def _pool_known(segments, whole):
    """All late segments that have a record, as one: what deals are like once that is known of them."""
    late = [segment for segment in segments if segment.key[0] in LATE_LEVELS]
    for segment in late:
        # Where nothing is ever won, that is to be learned and not to be passed over.
        segment.sizes = np.where(segment.sizes > 0, segment.sizes, whole.sizes)
    known = [segment for segment in late if segment.key[1]]
    names = ("opened", "won", "created", "cohort", "total")
    return known and Segment([], *(sum(getattr(segment, name) for segment in known) for name in names), whole.sizes)


def _rates(whole, cut):
    """The share of open revenue won in each window after, by cell, from windows that were over at the cut-off."""
    rates = np.zeros((WINDOWS, whole.opened.shape[1]))
    for ahead in range(WINDOWS):
        past = np.arange(max(cut - ahead, 0))
        weights = FADE ** (cut - past)
        base = weights @ whole.opened[past]
        came = weights @ whole.won[past, ahead]
        overall = came.sum() / base.sum() if base.sum() else 0.0
        prior = PRIOR * base.sum()
        rates[ahead] = (came + prior * overall) / np.maximum(base + prior, 1e-9)
    return rates


def _conversion(segment, cut, drawn_to=None):
    """The share of created revenue that is won in the same window, in the next one, and so on.

    :param drawn_to: the shares of the whole, which hold while little is known of the segment
    """
    shares = np.zeros(WINDOWS)
    calm = 0.0 if drawn_to is None else 20 * segment.sizes[cut]
    for lag in range(WINDOWS):
        past = np.arange(max(cut - lag, 0))
        weights = FADE ** (cut - past)
        base = weights @ segment.created[past] + calm
        came = weights @ segment.cohort[past, lag] + (calm * drawn_to[lag] if calm else 0.0)
        shares[lag] = came / base if base else 0.0
    return shares


def _parts(segment, cut, rates, prior, *, late):
    """What is expected of each window: from open deals, from new ones, and by the time series."""
    skill = _skill(segment, cut, rates, prior.skill)
    soon = _conversion(segment, cut, prior.soon) if late else prior.soon * skill
    ahead = _continue(segment.created[:cut])
    inflow = [sum(ahead[born] * soon[window - born] for born in range(window + 1)) for window in range(WINDOWS)]
    return {
        "open": rates @ segment.opened[cut] * skill,
        "inflow": np.array(inflow),
        "series": _continue(segment.total[:cut]),
    }


def _skill(segment, cut, rates, prior=1.0):
    """How much better a segment was than the rates of the whole, drawn towards the prior while little is known."""
    past = np.arange(max(cut - QUARTER + 1, 0))
    came = segment.won[past, :QUARTER].sum()
    said = (segment.opened[past] @ rates[:QUARTER].T).sum()
    calm = 20 * QUARTER * segment.sizes[cut]
    return (came + calm * prior) / (said + calm) if calm else prior


def _continue(series):
    """The Theta method, or the mean of a short history; revenue is never negative."""
    if len(series) < LEAST or not np.any(series):
        return np.full(WINDOWS, series.mean() if len(series) else 0.0)
    return np.maximum(theta.forecast(series, WINDOWS).mean[0], 0.0)


def _weight(whole, cut):
    """The weight of the time series that would have made the rounds that were over at the cut-off best."""
    rounds = [past for past in range(LEAST, cut - QUARTER + 1) if past in whole.parts]
    if len(rounds) < QUARTER:
        return WEIGHTS[1]
    errors = [
        sum(abs(_blend(whole.parts[past], weight)[:QUARTER].sum() - _came(whole, past, 0, QUARTER)) for past in rounds)
        for weight in WEIGHTS
    ]
    return WEIGHTS[int(np.argmin(errors))]


def _bias(whole, cut, weights):
    """What came by what was said in the rounds that were over, drawn towards one: nobody errs the same way for long."""
    rounds = [past for past in weights if past + QUARTER <= cut]
    fade = [BIAS_FADE ** (cut - past) for past in rounds]
    said = sum(
        f * _blend(whole.parts[past], weights[past])[:QUARTER].sum() for f, past in zip(fade, rounds, strict=True)
    )
    came = sum(f * _came(whole, past, 0, QUARTER) for f, past in zip(fade, rounds, strict=True))
    calm = CALM * said / max(sum(fade), 1e-9)
    return (came + calm) / (said + calm) if said else 1.0


def _blend(parts, weight):
    return (1 - weight) * (parts["open"] + parts["inflow"]) + weight * parts["series"]


def _came(segment, cut, first, last):
    return segment.total[cut + first : cut + last].sum()


# ---- intervals


def _spans():
    """Single windows, and the quarter."""
    return [(window, window + 1) for window in range(WINDOWS)] + [(0, QUARTER)]


def _scale(amount, size):
    """The error that chance makes of an amount, and a little that is no chance.

    >>> round(_scale(10000.0, 100.0)), round(_scale(0.0, 100.0))
    (1166, 100)
    """
    return (max(amount, size) * size + (DRIFT * amount) ** 2) ** 0.5


def _scores(segments, blended, steps):
    """Errors of past rounds, by how far ahead, level of the segment, and cut-off at which the round was over."""
    scores = {}
    for segment, means in zip(segments, blended, strict=True):
        for first, last in _spans():
            for cut in range(LEAST, steps - last + 1):
                said = means[cut][first:last].sum()
                error = abs(said - _came(segment, cut, first, last)) / max(_scale(said, segment.sizes[cut]), 1e-9)
                scores.setdefault((first, last, segment.key[0]), []).append((cut + last, error))
    return scores


def _half_width(segment, said, span, cut, scores):
    """Half the interval at a cut-off, by the errors that were known then."""
    known = [error for over, error in scores.get((*span, segment.key[0]), ()) if over <= cut]
    if len(known) < ENOUGH_SCORES:
        known = [
            error
            for (first, last, _level), rows in scores.items()
            if (first, last) == span
            for over, error in rows
            if over <= cut
        ]
    scale = _scale(said, segment.sizes[cut])
    if len(known) < ENOUGH_SCORES:
        return {name: 1.5 * NORMAL[name] * scale for name in LEVELS}
    widths = {name: factor(known, level) * scale for name, level in LEVELS.items()}
    return {**widths, 95: max(widths[80], widths[95])}


def _point(segment, said, span, cut, scores):
    widths = _half_width(segment, said, span, cut, scores)
    bounds = {f"low_{name}": max(said - width, 0.0) for name, width in widths.items()}
    return {"amount": float(said), **bounds, **{f"high_{name}": said + width for name, width in widths.items()}}


# ---- the answer


def _answer(segment, means, scores, steps):
    quarter = (0, QUARTER)
    rounds = []
    for cut in range(LEAST, steps - QUARTER + 1):
        point = _point(segment, means[cut][:QUARTER].sum(), quarter, cut, scores)
        rounds.append({"cut": cut, "actual": float(_came(segment, cut, *quarter)), **point})
    parts = segment.parts[steps]
    windows = [
        {
            **_point(segment, means[steps][window], (window, window + 1), steps, scores),
            **{name: float(part[window]) for name, part in parts.items()},
        }
        for window in range(WINDOWS)
    ]
    whole = _point(segment, means[steps][:QUARTER].sum(), quarter, steps, scores)
    whole |= {name: float(part[:QUARTER].sum()) for name, part in parts.items()}
    return {"key": segment.key, "windows": windows, "quarter": whole, "rounds": rounds, **judge(rounds)}


def judge(rounds):
    """The sum of errors by the sum of what came, and how often what came lay in the interval of 80 %.

    >>> missed = {"amount": 90, "actual": 100, "low_80": 80, "high_80": 95}
    >>> judge([missed, {"amount": 50, "actual": 50, "low_80": 40, "high_80": 60}])
    {'error': 0.06666666666666667, 'coverage': 0.5}
    """
    came = sum(row["actual"] for row in rounds)
    wrong = sum(abs(row["amount"] - row["actual"]) for row in rounds)
    inside = sum(row["low_80"] <= row["actual"] <= row["high_80"] for row in rounds)
    return {"error": wrong / came if came else None, "coverage": inside / len(rounds) if rounds else None}
