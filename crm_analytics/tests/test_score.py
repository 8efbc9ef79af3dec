import doctest
from unittest import TestCase

from ..forecasting import rates


class TestScore(TestCase):
    """What is learned from deals as they once stood holds on days that come later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import numpy

        from ..forecasting import score

        cls.np, cls.score = numpy, score
        cls.random = numpy.random.default_rng(11)

    def _request(self, deals, opened=()):
        """Two years of deals; those of seller 1 are won three times as often, and the second stage halves what remains.

        Each deal is seen each fifteen days; where it stood on that day is told, not where it ended.
        """
        day, rows = 86400.0, []
        for number in range(deals):
            begun, seller = self.random.uniform(0, 720), int(self.random.integers(1, 5))
            stage_days = self.random.gamma(1.6, 15, 2)
            won = self.random.random() < (0.6 if seller == 1 else 0.2)
            ended = begun + stage_days.sum() * (1 if won else 1.3)
            for tick in range(int(begun // 15) + 1, int(min(ended, 719) // 15) + 1):
                moment = tick * 15
                stage = 1 if moment < begun + stage_days[0] else 2
                closed = ended * day if ended < 720 else None
                status = ("won" if won else "lost") if closed else "open"
                rows.append([number, moment * day, stage, seller, moment - begun, None, status, closed])
        return {
            "now": 720 * day,
            "categories": ["stage_id", "user_id"],
            "numbers": ["age_days", "never_known"],
            "train": rows,
            "open": [[-place, 720 * day, *features] for place, features in enumerate(opened, 1)],
        }

    def test_examples_in_the_docstrings(self):
        for module in (self.score, rates):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed, module.__name__)

    def test_good_seller_is_seen_and_named_as_the_reason(self):
        opened = [[1, 1, 5.0, None], [1, 2, 5.0, None]]
        for deals in (600, 2500):
            answer = self.score.score(self._request(deals, opened))
            good, other = answer["rows"]
            self.assertGreater(good[1], other[1] + 0.2)
            self.assertEqual(good[5][0][0], "user_id")
            self.assertGreater(good[5][0][1], 0)
            for row in (good, other):
                self.assertLessEqual(row[2], row[3])
                self.assertLessEqual(row[3], row[4])
                self.assertLessEqual(row[4], row[1])
            self.assertIn(answer["quality"]["method"], self.score.METHODS)

    def test_tables_of_the_regression_say_what_the_regression_says(self):
        data = self.score.Snapshots(self._request(600))
        regression = data.fit(data.select(data.mature(data.now)), data.won).regression
        said, asked = regression.log_odds(data.features), regression.pipeline.decision_function(data.features)
        self.np.testing.assert_allclose(said, asked, atol=1e-9)

    def test_chances_hold_on_later_days(self):
        quality = self.score.score(self._request(2500))["quality"]
        self.assertLess(quality["calibration_error"], 0.06)
        self.assertLess(quality["brier"], quality["baseline"]["brier"])
        self.assertGreater(quality["auc"], 0.6)
        self.assertTrue(0.85 < quality["sum_ratio"] < 1.15, quality)

    def test_too_few_deals_give_no_score(self):
        answer = self.score.score(self._request(60, [[1, 1, 5.0, None]]))
        self.assertIsNone(answer["rows"])

    def test_what_ended_later_is_not_learned_from(self):
        """A snapshot counts for a moment only when its deal had ended by then."""
        data = self.score.Snapshots(self._request(600))
        cut = 400 * 86400.0
        chosen = data.select(data.mature(cut))
        self.assertTrue(len(chosen))
        self.assertTrue((data.closed[chosen] < cut).all())
        self.assertTrue((data.moments[chosen] < cut).all())
