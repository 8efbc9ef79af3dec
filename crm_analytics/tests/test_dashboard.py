import json

from odoo.tests import HttpCase, tagged

from .case import AnalyticsCase

OPEN = """
(async () => {
    const wait = async (find, what) => {
        for (let turn = 0; turn < 300; turn++) {
            const found = find();
            if (found) return found;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error("Missing: " + what);
    };
    const select = (selector) => [...document.querySelectorAll(selector)];
    await wait(() => select(".o-figure").length === 8 && select(".o-figure canvas").length >= 4, "eight figures");
    const errors = select(".o-figure, .o_error_dialog").filter((figure) => /#ERROR|Traceback/.test(figure.textContent));
    if (errors.length) throw new Error("A figure shows an error: " + errors[0].textContent);
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


class TestDashboardData(AnalyticsCase):
    """Whoever may open the dashboard may read all that it shows."""

    def setUp(self):
        super().setUp()
        self.dashboard = self.env.ref("crm_analytics.spreadsheet_dashboard_overview")
        self.content = json.loads(self.dashboard.spreadsheet_data)

    def test_every_figure_can_be_read_by_the_audience(self):
        self.assertTrue(self.dashboard.with_user(self.olga).has_access("read"))
        self.assertFalse(self.dashboard.with_user(self.anna).search([("id", "=", self.dashboard.id)]))
        for pivot in self.content["pivots"].values():
            model = self.env[pivot["model"]].with_user(self.olga)
            measures = [
                f"{measure['fieldName']}:{measure['aggregator']}" if "aggregator" in measure else "__count"
                for measure in pivot["measures"]
            ]
            groups = [f"{row['fieldName']}:{row['granularity']}" for row in pivot["rows"]]
            model.formatted_read_grouping_sets(pivot["domain"], [[], groups] if groups else [[]], measures)

    def test_every_chart_opens_an_existing_menu(self):
        for menu in self.content["chartOdooMenusReferences"].values():
            self.assertTrue(self.env.ref(menu))


@tagged("post_install", "-at_install")
class TestDashboardBrowser(AnalyticsCase, HttpCase):
    """The dashboard opens in a browser, with its charts and without an error."""

    # Only figures inside the window are drawn.
    browser_size = "1400x2000"

    def test_manager_opens_the_dashboard(self):
        self._invoice(100, "2026-03-10")
        self._deal(500, self.anna)
        self._ticket()
        self._refresh()
        action = self.env.ref("crm_analytics.spreadsheet_dashboard_action")
        self.browser_js(f"/odoo/action-{action.id}", OPEN, login=self.maria.login, timeout=120)
