"""The chance to win a deal, learned from deals as they once stood.

A snapshot is a deal on a past day, with what was known on that day, and how it ended. Learning from closed deals as
they are at their end leaks the future: the stage of a won deal is the last one. The split is by time for the same
reason: what is learned uses only what had ended before the days on which it is tried.

Gradient boosted trees on histograms (Ke et al. 2017, "LightGBM", NIPS 30) against logistic regression; whichever has
the smaller Brier score on the held-out days is taken. Probabilities are calibrated by isotonic regression over folds
(Zadrozny & Elkan 2002, KDD), folds by deal.
"""

import math
import time

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

DAY = 86400.0
HORIZONS = (30, 60, 90)
# A day is learned from when so many of its deals have ended: those that end late are not like the others.
RESOLVED = 0.8
LEAST_OF_A_KIND = 40
# Trees have no use for fewer deals than this, see the comparison in the tests of others: regression wins there.
ENOUGH_FOR_TREES = 1500
MOST_CATEGORIES = 60
LEAST_KNOWN = 300
FOLDS = 3
MAIN_REASONS = 3


def score(request):
    """Learn from snapshots and tell the chances of the open deals.

    :param request: dict with `now` (seconds), `categories` and `numbers` (names of columns), `train` and `open` (rows:
        deal, moment, the columns in that order; those to train on end with status and moment of closing)
    :return: dict with `rows` (deal, chances, reasons) and `quality`; `rows` is none when nothing can be learned
    """
    started = time.process_time()
    data = Snapshots(request)
    method, quality = choose(data)
    if method is None:
        return {"rows": None, "quality": quality}
    models = {0: data.fit(method, data.select(data.mature(data.now)), data.won)}
    for days in HORIZONS:
        models[days] = data.fit(method, data.select(data.moments + days * DAY <= data.now), data.won_within(days))
    trained = time.process_time()
    fresh = data.encode(request["open"])
    chances = {days: model.predict_proba(fresh)[:, 1] if len(fresh) else [] for days, model in models.items()}
    reasons = explain(models[0], fresh, data)
    quality["train_seconds"] = trained - started
    quality["score_seconds"] = time.process_time() - trained
    return {"rows": _rows(request["open"], chances, reasons), "quality": quality}


def _rows(opened, chances, reasons):
    """Winning sooner is never likelier than winning later."""
    later, rows = chances[0], {}
    for days in reversed(HORIZONS):
        later = rows[days] = np.minimum(chances[days], later)
    return [
        [row[0], float(chances[0][place]), *(float(rows[days][place]) for days in HORIZONS), reasons[place]]
        for place, row in enumerate(opened)
    ]


class Snapshots:
    """Deals on past days as arrays; categories are numbered by how frequent they are, rare ones are none."""

    def __init__(self, request):
        rows = request["train"]
        self.now = float(request["now"])
        self.categories, self.numbers = request["categories"], request["numbers"]
        self.names = [*self.categories, *self.numbers]
        self.deals = np.array([row[0] for row in rows], dtype=np.int64)
        self.moments = np.array([row[1] for row in rows], dtype=float)
        self.status = np.array([row[-2] for row in rows], dtype=object)
        self.closed = np.array([row[-1] if row[-1] is not None else np.inf for row in rows], dtype=float)
        self.won = (self.status == "won").astype(int)
        self.codes = [self._number([row[2 + place] for row in rows]) for place in range(len(self.categories))]
        self.unknown = np.zeros(len(self.names), dtype=bool)
        self.features = self.encode(rows)
        # What is hardly ever known is of no use, and trees cannot part what has no values.
        self.unknown = np.isfinite(self.features).sum(axis=0) < LEAST_KNOWN
        self.features[:, self.unknown] = 0

    @staticmethod
    def _number(values):
        counts = {}
        for value in values:
            counts[value] = counts.get(value, 0) + 1
        counts.pop(None, None)
        common = sorted(counts, key=lambda value: (-counts[value], value))[: MOST_CATEGORIES - 1]
        return {value: code for code, value in enumerate(common)}

    def encode(self, rows):
        width = len(self.categories)
        features = np.full((len(rows), len(self.names)), np.nan)
        for place, codes in enumerate(self.codes):
            features[:, place] = [codes.get(row[2 + place], MOST_CATEGORIES - 1) for row in rows]
        for place in range(len(self.numbers)):
            column = [row[2 + width + place] for row in rows]
            features[:, width + place] = [math.nan if value is None else value for value in column]
        features[:, self.unknown] = 0
        return features

    @staticmethod
    def select(mask):
        return np.flatnonzero(mask)

    def mature(self, now):
        """Snapshots whose end is known at a moment, of days on which most deals had ended by then."""
        ended = self.closed < now
        keep = np.zeros(len(self.moments), dtype=bool)
        for moment in np.unique(self.moments[self.moments < now]):
            that_day = self.moments == moment
            if ended[that_day].mean() >= RESOLVED:
                keep |= that_day & ended
        # A young company has no such days: better late deals too few than nothing to learn from.
        return keep if keep.sum() >= 5 * LEAST_OF_A_KIND else ended & (self.moments < now)

    def fit(self, method, rows, labels):
        return fit(method, len(self.categories), self.features[rows], labels[rows], self.deals[rows])

    def won_within(self, days):
        return ((self.won == 1) & (self.closed <= self.moments + days * DAY)).astype(int)


def choose(data):
    """The method that was better on held-out days, and how good it was; none when there is too little to learn from."""
    ended = np.isfinite(data.closed)
    ends = dict(zip(data.deals[ended], data.status[ended], strict=True))
    counts = {kind: sum(1 for status in ends.values() if status == kind) for kind in ("won", "lost")}
    quality = {"won": counts["won"], "lost": counts["lost"]}
    if min(counts.values()) < LEAST_OF_A_KIND:
        return None, quality
    split = _split(data)
    if split is None:
        return "regression", quality
    past, test = split
    truth = data.won[test]
    tried = {}
    for method in ("regression", "trees") if len(ends) >= ENOUGH_FOR_TREES else ("regression",):
        model = data.fit(method, past, data.won)
        tried[method] = model.predict_proba(data.features[test])[:, 1]
    method = min(tried, key=lambda name: brier(tried[name], truth))
    rate = stage_rate(data.features[past, 0], data.won[past], data.features[test, 0])
    quality |= {
        **measures(tried[method], truth),
        "baseline": measures(rate, truth),
        "tested": len(truth),
        "method": method,
    }
    quality["curve"] = reliability(tried[method], truth)
    return (None if quality["brier"] > quality["baseline"]["brier"] else method), quality


def _split(data):
    """Held-out snapshots: the days after a moment until which enough had ended; none when the history is too short."""
    mature = data.mature(data.now)
    moments = np.unique(data.moments[mature])
    for share in (0.75, 0.6, 0.5):
        cut = moments[int(len(moments) * share)]
        past, test = data.select(data.mature(cut)), data.select(mature & (data.moments >= cut))
        if min(_least(data.won[past]), _least(data.won[test])) >= LEAST_OF_A_KIND:
            return past, test
    return None


def _least(labels):
    return min(labels.sum(), len(labels) - labels.sum())


def fit(method, categories, features, labels, deals):
    """A calibrated classifier; folds keep all snapshots of a deal together."""
    if _least(labels) < 2 * FOLDS:
        return _Constant(labels.mean() if len(labels) else 0.0)
    folds = list(GroupKFold(FOLDS).split(features, labels, deals))
    if any(_least(labels[fold]) < 1 for pair in folds for fold in pair):
        return _Constant(labels.mean())
    if method == "regression":
        # A few steps of isotonic regression would cost more than they mend.
        return _regression(categories).fit(features, labels)
    return CalibratedClassifierCV(_trees(categories), method="isotonic", cv=folds).fit(features, labels)


class _Constant:
    """What is left to say when hardly anything happened yet."""

    def __init__(self, share):
        self.share = float(share)

    def predict_proba(self, features):
        return np.tile([1 - self.share, self.share], (len(features), 1))


def _trees(categories):
    return HistGradientBoostingClassifier(
        max_iter=110,
        learning_rate=0.07,
        max_leaf_nodes=15,
        min_samples_leaf=50,
        l2_regularization=2.0,
        categorical_features=list(range(categories)),
        random_state=7,
    )


def _regression(categories):
    numbers = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=25), slice(0, categories)),
        (numbers, slice(categories, None)),
    )
    return make_pipeline(columns, LogisticRegression(C=0.3, max_iter=300))


# ---- how good it is


def brier(chances, truth):
    return float(np.mean((chances - truth) ** 2))


def measures(chances, truth):
    """AUC, Brier score, calibration error, and the sum of the chances by what was won.

    >>> perfect = measures(np.array([1.0, 0.0]), np.array([1, 0]))
    >>> perfect["auc"], perfect["brier"], perfect["calibration_error"], perfect["sum_ratio"]
    (1.0, 0.0, 0.0, 1.0)
    """
    auc = roc_auc_score(truth, chances) if 0 < truth.sum() < len(truth) else 0.5
    return {
        "auc": float(auc),
        "brier": brier(chances, truth),
        "calibration_error": calibration_error(chances, truth),
        "sum_ratio": float(chances.sum() / truth.sum()) if truth.sum() else 0.0,
    }


def calibration_error(chances, truth, bins=10):
    """The mean distance of what was said and what came, over tenths of the deals (expected calibration error).

    >>> round(calibration_error(np.array([0.2] * 5 + [0.8] * 5), np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1]), bins=2), 2)
    0.1
    """
    order = np.argsort(chances, kind="stable")
    gaps = [
        abs(chances[part].mean() - truth[part].mean()) * len(part) / len(order)
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return float(sum(gaps))


def reliability(chances, truth, bins=10):
    """What was said and what came, for each tenth of the deals from the least likely on."""
    order = np.argsort(chances, kind="stable")
    return [
        {"said": float(chances[part].mean()), "came": float(truth[part].mean()), "deals": len(part)}
        for part in np.array_split(order, bins)
        if len(part)
    ]


def stage_rate(stages, won, asked):
    """The baseline: the share won of snapshots in the same stage."""
    rates = {stage: won[stages == stage].mean() for stage in np.unique(stages)}
    return np.array([rates.get(stage, won.mean()) for stage in asked])


# ---- why


def explain(model, features, data):
    """The main reasons of each deal: how far the chance falls or rises against a deal typical in that one respect.

    Effects are in percentage points.
    """
    if not len(features) or isinstance(model, _Constant):
        return [[] for _row in features]
    chances = _fast(model, features)
    effects = np.zeros(features.shape)
    for place in range(features.shape[1]):
        typical = features.copy()
        typical[:, place] = _typical(data.features[:, place], is_category=place < len(data.categories))
        effects[:, place] = chances - _fast(model, typical)
    largest = np.argsort(-np.abs(effects), axis=1)[:, :MAIN_REASONS]
    return [
        [
            [data.names[place], round(100 * float(effects[row, place]), 1)]
            for place in places
            if abs(effects[row, place]) >= 0.01
        ]
        for row, places in enumerate(largest)
    ]


def _fast(model, features):
    """The chance by one fold of the calibrated model: reasons need no more."""
    if isinstance(model, CalibratedClassifierCV):
        return model.calibrated_classifiers_[0].predict_proba(features)[:, 1]
    return model.predict_proba(features)[:, 1]


def _typical(column, *, is_category):
    seen = column[~np.isnan(column)]
    if not len(seen):
        return np.nan
    return np.bincount(seen.astype(int)).argmax() if is_category else np.median(seen)
