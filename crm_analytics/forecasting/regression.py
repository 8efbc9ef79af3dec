"""Logistic regression over categories and numbers, quick to ask: a sum of what each column adds to the log-odds."""

import warnings

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

MOST_CATEGORIES = 60
# How freely the regression may follow the data: little for few deals.
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3)


class Regression:
    """Logistic regression, kept as a table for each category and a slope for each number.

    It says what the pipeline that learned it says, in a fraction of the time, and tells what each column adds.

    :param categories: so many of the first columns hold numbers of categories, below `MOST_CATEGORIES`
    :param folds: pairs of rows to learn from and to try on, by which is chosen how strongly it is held back
    """

    def __init__(self, categories, folds, features, labels):
        columns = make_column_transformer(
            (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=25), slice(0, categories)),
            (make_pipeline(_imputer(), StandardScaler()), slice(categories, None)),
            sparse_threshold=0,
        )
        model = LogisticRegressionCV(Cs=STRENGTHS, cv=folds, scoring="neg_brier_score", max_iter=300)
        self.pipeline = make_pipeline(columns, model).fit(features, labels)
        encoder, numbers = (columns.transformers_[place][1] for place in range(2))
        self.categories, self.intercept = categories, model.intercept_[0]
        known = len(encoder.get_feature_names_out())
        self.tables = _tables(encoder, model.coef_[0, :known])
        self.usual, scaler = numbers[0].statistics_, numbers[1]
        self.mean, self.slopes = scaler.mean_, model.coef_[0, known:] / scaler.scale_

    def parts(self, features):
        """What each column adds to the log-odds of each row."""
        parts, numbers = np.empty(features.shape), features[:, self.categories :]
        for place, table in enumerate(self.tables):
            parts[:, place] = table[features[:, place].astype(int)]
        parts[:, self.categories :] = (np.where(np.isnan(numbers), self.usual, numbers) - self.mean) * self.slopes
        return parts

    def log_odds(self, features):
        return self.intercept + self.parts(features).sum(axis=1)


def _imputer():
    return SimpleImputer(strategy="median", keep_empty_features=True)


def _tables(encoder, weights):
    """For each category column an array of what each of its codes adds to the log-odds."""
    count = encoder.n_features_in_
    codes = np.repeat(np.arange(MOST_CATEGORIES, dtype=float)[:, None], count, axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a code that was not learned from counts as a rare one
        encoded = encoder.transform(codes).toarray() * weights
    owners = np.array([int(name.split("_")[0]) for name in encoder.get_feature_names_out(list(map(str, range(count))))])
    return [encoded[:, owners == place].sum(axis=1) for place in range(count)]
