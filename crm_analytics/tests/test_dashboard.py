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


# A click on the card of the open pipeline opens the deals that it adds up, and no others.
CLICK = """
(async () => {
    const wait = async (find, what) => {
        for (let turn = 0; turn < 300; turn++) {
            const found = find();
            if (found) return found;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error("Missing: " + what);
    };
    const card = await wait(() => document.querySelector("canvas.o-scorecard[title='Open Pipeline']"), "card");
    await wait(() => document.querySelectorAll(".o-figure canvas").length >= 4, "figures");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    card.click();
    const rows = await wait(() => {
        const rows = [...document.querySelectorAll(".o_list_view .o_data_row")];
        return rows.length && rows;
    }, "list");
    if (rows.length !== 1 || !rows[0].textContent.includes("Still open")) {
        throw new Error("Other rows: " + rows.map((row) => row.textContent).join("; "));
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


class TestDashboardData(AnalyticsCase):
    """Whoever may open the dashboard may read all that it shows."""

    def _audiences(self):
        """Each dashboard with somebody it is for, and somebody it is not for."""
        by_name = {
            "overview": (self.olga, self.anna),
            "manager": (self.olga, self.anna),
            "seller": (self.anna, self.sven),
            "marketing": (self.olga, self.anna),
            "service": (self.sven, self.anna),
        }
        for name, people in by_name.items():
            yield self.env.ref(f"crm_analytics.spreadsheet_dashboard_{name}"), *people

    def _questions(self, content):
        """What a dashboard asks: model, domain, groups and measures of its pivots and charts."""
        for pivot in content["pivots"].values():
            measures = [
                f"{measure['fieldName']}:{measure['aggregator']}" if "aggregator" in measure else "__count"
                for measure in pivot["measures"]
            ]
            groups = [":".join(filter(None, (row["fieldName"], row.get("granularity")))) for row in pivot["rows"]]
            yield pivot["model"], pivot["domain"], groups, measures
        for figure in content["sheets"][0]["figures"]:
            if figure["data"]["type"].startswith("odoo_"):
                asked = figure["data"]["metaData"]
                measure = "__count" if asked["measure"] == "__count" else f"{asked['measure']}:sum"
                yield asked["resModel"], figure["data"]["searchParams"]["domain"], asked["groupBy"], [measure]

    def test_every_figure_can_be_read_by_the_audience(self):
        for dashboard, reader, stranger in self._audiences():
            self.assertTrue(dashboard.with_user(reader).has_access("read"), dashboard.name)
            found = self.env["spreadsheet.dashboard"].with_user(stranger).search([("id", "=", dashboard.id)])
            self.assertFalse(found, dashboard.name)
            for model, domain, groups, measures in self._questions(json.loads(dashboard.spreadsheet_data)):
                grouping_sets = [[], groups] if groups else [[]]
                self.env[model].with_user(reader).formatted_read_grouping_sets(domain, grouping_sets, measures)

    def test_every_figure_opens_an_existing_menu(self):
        for dashboard, reader, _stranger in self._audiences():
            content = json.loads(dashboard.spreadsheet_data)
            for menu in content["chartOdooMenusReferences"].values():
                self.assertIn(self.env.ref(menu).id, self.env["ir.ui.menu"].with_user(reader)._visible_menu_ids(), menu)
            for figure in content["sheets"][0]["figures"]:
                if action := figure["data"].get("actionXmlId"):
                    self.assertTrue(self.env.ref(action))


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

    def test_number_opens_the_records_that_it_counts(self):
        self.env["crm.lead"].search([]).unlink()
        self._deal(500, self.anna, name="Still open")
        self._deal(900, self.anna, name="Gone").action_set_lost()
        self._refresh()
        action = self.env.ref("crm_analytics.spreadsheet_dashboard_manager_action")
        self.browser_js(f"/odoo/action-{action.id}", CLICK, login=self.olga.login, timeout=120)
