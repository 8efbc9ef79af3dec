import doctest
import json
import os
import subprocess
import sys
from pathlib import Path
from unittest import TestCase

ADDON = Path(__file__).parents[1]
PROBE = """
import sys
import odoo.addons
from odoo.tools import config
import odoo.addons.crm_analytics
import odoo.addons.crm_analytics.models
heavy = {"numpy", "scipy", "sklearn", "pandas"} & set(sys.modules)
sys.exit(",".join(heavy) or 0)
"""


class TestForecasting(TestCase):
    """The outlook is honest: it finds what is there, and widens where little is known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import numpy

        from ..forecasting import ensemble, interval, outlook, theta

        cls.np, cls.interval, cls.outlook, cls.theta = numpy, interval, outlook, theta
        cls.ensemble = ensemble
        cls.random = numpy.random.default_rng(7)

    def _history(self, months, season=0.0, noise=0.05, slope=0.0):
        np, time = self.np, self.np.arange(months)
        level = 1000 * (1 + slope * time) * (1 + season * np.sin(2 * np.pi * time / 12))
        return level * (1 + noise * self.random.standard_normal(months))

    def test_examples_in_the_docstrings(self):
        for module in (self.theta, self.interval, self.outlook, self.ensemble):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed, module.__name__)

    def test_intervals_are_ordered_and_never_narrower_a_month_later(self):
        for months in (1, 2, 5, 11, 12, 13, 23, 24, 25, 36, 60):
            for season in (0, 0.4):
                points = self.outlook.continue_series(self._history(months, season), [], 6)["points"]
                self.assertEqual(len(points), 6, months)
                for point in points:
                    ordered = [point[name] for name in ("low_95", "low_80", "amount", "high_80", "high_95")]
                    self.assertEqual(ordered, sorted(ordered), months)
                    self.assertGreater(point["high_80"], point["amount"])
                widths = [point["high_80"] - point["amount"] for point in points]
                self.assertEqual([round(width, 6) for width in widths], sorted(round(width, 6) for width in widths))

    def test_yearly_pattern_is_found_where_there_is_one(self):
        seasonal = self.np.stack([self._history(36, season=0.4) for _ in range(50)])
        flat = self.np.stack([self._history(36) for _ in range(50)])
        wandering = 1000 + 30 * self.np.cumsum(self.random.standard_normal((50, 36)), axis=1)
        self.assertGreater(self.theta.is_seasonal(seasonal).mean(), 0.95)
        self.assertLess(self.theta.is_seasonal(flat).mean(), 0.15)
        self.assertLess(self.theta.is_seasonal(wandering).mean(), 0.15)

    def test_pattern_makes_the_forecast_better_than_a_flat_one(self):
        truth = self._history(42, season=0.4, noise=0.02)
        answer = self.outlook.continue_series(truth[:36], [], 6)
        mine = self.np.array([point["amount"] for point in answer["points"]])
        self.assertTrue(answer["seasonal"])
        flat_error = self.np.abs(truth[36:] - truth[35]).mean()
        self.assertLess(self.np.abs(truth[36:] - mine).mean(), flat_error / 2)

    def test_eighty_percent_interval_holds_about_eighty_percent(self):
        inside = []
        for _ in range(40):
            truth = self._history(42, season=0.2, noise=0.1)
            points = self.outlook.continue_series(truth[:36], [self._history(36) for _ in range(3)], 6)["points"]
            inside += [p["low_80"] <= value <= p["high_80"] for p, value in zip(points, truth[36:], strict=True)]
        self.assertGreater(self.np.mean(inside), 0.70)
        self.assertLess(self.np.mean(inside), 0.95)

    def test_series_with_negative_and_empty_months(self):
        history = self._history(30, season=0.3)
        history[4] = -200
        history[10] = 0
        answer = self.outlook.continue_series(history, [self.np.zeros(30)], 6)
        self.assertTrue(all(self.np.isfinite(list(point.values())).all() for point in answer["points"]))
        constant = self.outlook.continue_series([100.0] * 30, [], 6)
        self.assertAlmostEqual(constant["points"][5]["amount"], 100, 3)

    def test_short_history_is_a_mean_with_a_wide_interval(self):
        answer = self.outlook.continue_series([90.0, 110.0, 100.0], [], 6)
        self.assertEqual((answer["method"], answer["months"]), ("mean", 3))
        self.assertGreater(answer["points"][0]["high_80"] - answer["points"][0]["low_80"], 40)


class TestProcess(TestCase):
    """Numeric libraries stay out of the workers."""

    def test_child_process_answers_in_json(self):
        request = json.dumps({"total": [100.0] * 14, "parts": [], "horizon": 2})
        command = [sys.executable, "-m", "forecasting", "revenue"]
        output = subprocess.run(command, input=request, capture_output=True, cwd=ADDON, text=True, check=True).stdout
        self.assertEqual(len(json.loads(output)["points"]), 2)

    def test_models_load_no_numeric_library(self):
        path = os.pathsep.join([str(ADDON.parent), *filter(None, sys.path)])
        probe = PROBE.replace(
            "import odoo.addons\n", f"import odoo.addons\nodoo.addons.__path__.append({str(ADDON.parent)!r})\n"
        )
        environment = {**os.environ, "PYTHONPATH": path}
        result = subprocess.run(
            [sys.executable, "-c", probe], capture_output=True, env=environment, text=True, check=False
        )
        self.assertEqual(result.returncode, 0, result.stderr)
