import doctest

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import SQL

from ..models.process import process_figures, process_map, survival
from .case import AnalyticsCase

OPEN = """
(async () => {
    const wait = async (find, what) => {
        for (let turn = 0; turn < 200; turn++) {
            const found = find();
            if (found) return found;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error("Missing: " + what);
    };
    const one = (selector, text) =>
        [...document.querySelectorAll(selector)].find((element) => !text || element.textContent.includes(text));
    await wait(() => one(".o_process_map .o_process_edge"), "an arrow on the map");
    for (const [tab, text] of [["Funnel", "Went on"], ["Cohorts", "Begun in"], ["Ways", "Mean time"],
                               ["Bottlenecks", "Share of all waiting"], ["How Long They Stay", "After 30 days"]]) {
        one(".nav-link", tab).click();
        await wait(() => one(".o_process_table th", text), tab);
    }
    one(".o_process_table tbody tr").click();
    await wait(() => one(".o_list_view .o_data_row"), "the visits of a stage");
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


class ProcessCase(AnalyticsCase):
    """Three deals in a new team: one goes straight to the end, one is lost on the way, one steps back and waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create({"name": "Export"})
        cls.first, cls.second = cls.env["crm.stage"].search([("is_won", "=", False)], order="sequence", limit=2)
        straight, lost, back = (cls._begin(revenue) for revenue in (100, 50, 20))
        cls._on("2026-03-11", lambda: (straight | lost | back).write({"stage_id": cls.second.id}))
        cls._on("2026-03-15", lambda: back.write({"stage_id": cls.first.id}))
        cls._on("2026-03-21", lambda: straight.action_set_won())
        cls._on("2026-03-31", lambda: lost.action_set_lost())
        cls._refresh()

    @classmethod
    def _begin(cls, revenue):
        lead = cls._on("2026-03-01", lambda: cls._deal(revenue, cls.anna, team_id=cls.team.id, stage_id=cls.first.id))
        cls.env.cr.execute(SQL("UPDATE crm_lead SET create_date = '2026-03-01 10:00' WHERE id = %s", lead.id))
        return lead

    @classmethod
    def _on(cls, day, work):
        with freeze_time(f"{day} 10:00:00"):
            result = work()
            cls.env.flush_all()
            cls.env.cr.precommit.run()
        return result


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 10:00:00")
class TestProcess(ProcessCase):
    """The process map tells what really happened to deals and tickets, to those who may see them."""

    def _process(self, user=None, **options):
        return self.env["crm.process"].with_user(user or self.anna).get_process(team_id=self.team.id, **options)

    def test_examples_in_the_docstrings(self):
        for module in (process_figures, process_map, survival):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted, module.__name__)
            self.assertFalse(result.failed, module.__name__)

    def test_arrows_carry_counts_and_times(self):
        first, second = self.first.id, self.second.id
        edges = {(edge["from"], edge["to"]): edge for edge in self._process()["map"]["edges"]}
        self.assertEqual(
            {way: (edge["count"], edge["median_hours"] / 24) for way, edge in edges.items()},
            {(first, second): (3, 10), (second, first): (1, 4), (second, "won"): (1, 10), (second, "lost"): (1, 20)},
        )

    def test_funnel_cohorts_and_ways(self):
        process = self._process()
        self.assertEqual([row["cases"] for row in process["funnel"]], [3, 3])
        self.assertEqual([round(row["won_share"], 2) for row in process["funnel"]], [0.33, 0.33])
        self.assertEqual(
            [(row["month"], row["cases"], row["won"], row["lost"], row["open"]) for row in process["cohorts"]],
            [("2026-03", 3, 1, 1, 1)],
        )
        first, second = self.first.id, self.second.id
        ways = {(*row["way"], row["outcome"]) for row in process["variants"]}
        self.assertEqual(ways, {(first, second, "won"), (first, second, "lost"), (first, second, first, "open")})

    def test_waiting_until_now_counts_as_waiting(self):
        rows = {row["stage"]: row for row in self._process()["bottlenecks"]}
        self.assertEqual(rows[self.first.id]["hours"] / 24, 3 * 10 + 36)
        self.assertEqual(rows[self.second.id]["hours"] / 24, 10 + 20 + 4)
        self.assertEqual(rows[self.first.id]["waiting"], 1)

    def test_colleagues_deals_are_not_counted(self):
        self.assertEqual(self._process(self.ben)["nodes"], [])
        self.assertEqual(self._process(self.olga)["funnel"][0]["cases"], 3)
        with self.assertRaises(AccessError):
            self._process(self.sven)

    def test_tickets_have_a_process_too(self):
        team = self.env["service.team"].create({"name": "Export service", "member_ids": [(6, 0, self.sven.ids)]})
        tickets = self.env["service.ticket"].with_context(tracking_disable=False)
        ticket = tickets.create({"name": "It leaks", "partner_id": self.customer.id, "team_id": team.id})
        first = ticket.stage_id
        solved = self.env["service.stage"].search([("category", "=", "solved")], limit=1)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.execute("UPDATE service_ticket SET date_opened = '2026-04-18 10:00' WHERE id = %s", [ticket.id])
        ticket.stage_id = solved
        self.env.flush_all()
        self.env.cr.precommit.run()
        process = self.env["crm.process"].with_user(self.sven).get_process("ticket", 12, team.id)
        self.assertEqual([(edge["from"], edge["to"]) for edge in process["map"]["edges"]], [(first.id, "won")])

    def test_reading_takes_as_many_statements_for_many(self):
        def read():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._process()
            return self.env.cr.sql_log_count - before

        read()
        few = read()
        for _number in range(10):
            self._begin(5)
        self._refresh()
        self.assertEqual(read(), few)


@tagged("post_install", "-at_install")
class TestProcessScreen(ProcessCase, HttpCase):
    """The screen opens in a browser, with all its tables."""

    def test_salesperson_looks_at_the_process(self):
        self.browser_js("/odoo/crm-process", OPEN, login=self.anna.login, timeout=60)
