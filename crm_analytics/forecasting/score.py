"""The chance to win a deal, learned from deals as they once stood.

A snapshot is a deal on a past day, with what was known on that day, and how it ended. Learning from closed deals as
they are at their end leaks the future: the stage of a won deal is the last one. The split is by time for the same
reason: what is learned uses only what had ended before the days on which it is tried.

Decision trees, logistic regression, or the mean of both; whichever has the smaller Brier score on what it had not seen
is taken. The trees are boosted on histograms (Ke et al. 2017, "LightGBM", NIPS 30), with few deals a random forest
(Breiman 2001, "Random Forests", Machine Learning 45). All of them follow a proper scoring rule, so their chances need
no calibration afterwards: isotonic regression over folds cost three times as much and mended nothing on three generated
companies. How strongly the regression is held back is chosen over folds by deal: snapshots of one deal are alike, and
what looks like thousands of rows may be a few hundred deals.
"""

import time

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from .regression import MOST_CATEGORIES, Regression

DAY = 86400.0
HORIZONS = (30, 60, 90)
# A day is learned from when so many of its deals have ended: those that end late are not like the others.
RESOLVED = 0.5
LEAST_OF_A_KIND = 40
# With fewer deals than this boosted trees learn by heart, and days held out are too few to judge by.
ENOUGH_DEALS = 1500
CLEARLY = 0.98
METHODS = ("regression", "trees", "both")
LEAST_KNOWN = 300
FOLDS = 3
MAIN_REASONS = 3
LIKELY_REASONS = 5
LEAST_EFFECT = 1  # percentage points
AT_ONCE = 20_000  # deals that are explained together


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
    models = {0: data.fit(data.select(data.mature(data.now)), data.won)}
    for days in HORIZONS:
        models[days] = data.fit(data.select(data.moments + days * DAY <= data.now), data.won_within(days))
    trained = time.process_time()
    fresh = data.encode(request["open"])
    chances = {days: model.chance(fresh, method) if len(fresh) else [] for days, model in models.items()}
    scored = time.process_time()
    reasons = explain(models[0], method, fresh, chances[0], data)
    quality["train_seconds"] = trained - started
    quality["score_seconds"] = scored - trained
    quality["explain_seconds"] = time.process_time() - scored
    return {"rows": _rows(request["open"], chances, reasons), "quality": quality}


def _rows(opened, chances, reasons):
    """Winning sooner is never likelier than winning later."""
    columns = [chances[0]]
    for days in reversed(HORIZONS):
        columns.insert(1, np.minimum(chances[days], columns[1] if len(columns) > 1 else chances[0]))
    table = np.round(np.reshape(columns, (len(columns), -1)).T, 6).tolist()
    return [[row[0], *said, why] for row, said, why in zip(opened, table, reasons, strict=True)]


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
        features = np.empty((len(rows), len(self.names)))
        for place, codes in enumerate(self.codes, 2):
            features[:, place - 2] = [codes.get(row[place], MOST_CATEGORIES - 1) for row in rows]
        # What is not known becomes NaN.
        numbers = np.array([row[2 + width : 2 + len(self.names)] for row in rows], dtype=float)
        features[:, width:] = numbers.reshape(len(rows), len(self.numbers))
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

    def fit(self, rows, labels):
        few = len(np.unique(self.deals[np.isfinite(self.closed)])) < ENOUGH_DEALS
        return fit(len(self.categories), self.features[rows], labels[rows], self.deals[rows], few=few)

    def stage_rate(self, past, asked):
        return stage_rate(self.features[past, 0], self.won[past], self.features[asked, 0])

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
    few = len(ends) < ENOUGH_DEALS
    tests = _folds_by_deal(data) if few else _split(data)
    if not tests:
        return "both", quality
    seen = [(test, data.fit(past, data.won), past) for past, test in tests]
    tried = {
        method: np.concatenate([model.chance(data.features[test], method) for test, model, _past in seen])
        for method in METHODS
    }
    tested = np.concatenate([test for test, _model, _past in seen])
    rate = np.concatenate([data.stage_rate(past, test) for test, _model, past in seen])
    return _judge(tried, rate, data.won[tested], quality)


def _judge(tried, rate, truth, quality):
    """The best method and its figures; none when the rate of the stage is no worse."""
    errors = {name: brier(chances, truth) for name, chances in tried.items()}
    # Two that err in different ways err less together: one alone must be clearly better.
    best = min(errors, key=errors.get)
    method = best if errors[best] < CLEARLY * errors["both"] else "both"
    quality |= {
        **measures(tried[method], truth),
        "baseline": measures(rate, truth),
        "tested": len(truth),
        "method": method,
    }
    quality["curve"] = reliability(tried[method], truth)
    return (None if quality["brier"] > quality["baseline"]["brier"] else method), quality


def _folds_by_deal(data):
    """With few deals, what is held out is a third of them, thrice: days held out would leave too few to judge by."""
    rows = data.select(data.mature(data.now))
    if len(np.unique(data.deals[rows])) < FOLDS or _least(data.won[rows]) < LEAST_OF_A_KIND:
        return []
    folds = GroupKFold(FOLDS).split(rows, groups=data.deals[rows])
    return [(rows[past], rows[test]) for past, test in folds]


def _split(data):
    """Held-out snapshots: the days after a moment until which enough had ended; none when the history is too short.

    :return: a list of at most one pair of rows to learn from and rows to judge by
    """
    mature = data.mature(data.now)
    moments = np.unique(data.moments[mature])
    for share in (0.75, 0.6, 0.5):
        cut = moments[int(len(moments) * share)]
        past, test = data.select(data.mature(cut)), data.select(mature & (data.moments >= cut))
        if min(_least(data.won[past]), _least(data.won[test])) >= LEAST_OF_A_KIND:
            return [(past, test)]
    return []


def _least(labels):
    return min(labels.sum(), len(labels) - labels.sum())


def fit(categories, features, labels, deals, *, few):
    """A judge of deals, or the share won when there is hardly anything; folds keep the rows of a deal together.

    :param categories: so many of the first columns hold numbers of categories
    """
    if _least(labels) < 2 * FOLDS:
        return _Constant(labels.mean() if len(labels) else 0.0)
    folds = list(GroupKFold(FOLDS).split(features, labels, deals))
    if any(_least(labels[fold]) < 1 for pair in folds for fold in pair):
        return _Constant(labels.mean())
    regression = Regression(categories, folds, features, labels)
    trees = (_forest() if few else _trees(categories)).fit(features, labels)
    return _Judge(regression, trees)


class _Judge:
    def __init__(self, regression, trees):
        self.regression, self.trees = regression, trees

    def chance(self, features, method):
        log_odds = self.regression.log_odds(features) if method != "trees" else None
        return self.mean(log_odds, features, method)

    def mean(self, log_odds, features, method):
        """The chance, when the log-odds by the regression are known."""
        if method == "regression":
            return expit(log_odds)
        by_trees = self.trees.predict_proba(features)[:, 1]
        return by_trees if method == "trees" else (expit(log_odds) + by_trees) / 2


class _Constant:
    """What is left to say when hardly anything happened yet."""

    def __init__(self, share):
        self.share = float(share)

    def chance(self, features, _method):
        return np.full(len(features), self.share)


def _trees(categories):
    return HistGradientBoostingClassifier(
        # On 25,000 deals held out as good as five times as many that learn slowly, in a fifth of the time.
        max_iter=20,
        learning_rate=0.3,
        max_leaf_nodes=15,
        min_samples_leaf=50,
        l2_regularization=2.0,
        categorical_features=list(range(categories)),
        random_state=7,
    )


def _forest():
    return RandomForestClassifier(200, min_samples_leaf=20, max_features=0.3, random_state=7)


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


def explain(model, method, features, chances, data):
    """The main reasons of each deal: how far the chance falls or rises against a deal typical in that one respect.

    The regression tells which respects are worth asking about; effects are those of the method in use, in percentage
    points.
    """
    if not len(features) or isinstance(model, _Constant):
        return [[] for _row in features]
    usual = np.array(
        [_typical(column, is_category=place < len(data.categories)) for place, column in enumerate(data.features.T)]
    )
    parts = [slice(start, start + AT_ONCE) for start in range(0, len(features), AT_ONCE)]
    effects = np.concatenate([_effects(model, method, features[part], chances[part], usual) for part in parts])
    largest = np.argsort(-np.abs(effects), axis=1)[:, :MAIN_REASONS]
    told = np.round(100 * np.take_along_axis(effects, largest, axis=1), 1).tolist()
    return [
        [[data.names[place], effect] for place, effect in zip(places, row, strict=True) if abs(effect) >= LEAST_EFFECT]
        for places, row in zip(largest.tolist(), told, strict=True)
    ]


def _effects(model, method, features, chances, usual):
    """How far each chance changes by each of its likely reasons, others none."""
    parts = model.regression.parts(features)
    weights = parts - model.regression.parts(usual[None, :])
    likely = np.argsort(-np.abs(weights), axis=1)[:, :LIKELY_REASONS]
    rows, places = np.repeat(np.arange(len(features)), likely.shape[1]), likely.ravel()
    differs = features[rows, places] != usual[places]
    rows, places = rows[differs], places[differs]
    others = features[rows]
    others[np.arange(len(rows)), places] = usual[places]
    log_odds = model.regression.intercept + parts.sum(axis=1)
    effects = np.zeros(features.shape)
    effects[rows, places] = chances[rows] - model.mean(log_odds[rows] - weights[rows, places], others, method)
    return effects


def _typical(column, *, is_category):
    seen = column[~np.isnan(column)]
    if not len(seen):
        return np.nan
    return np.bincount(seen.astype(int)).argmax() if is_category else np.median(seen)
