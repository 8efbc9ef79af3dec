from odoo.tests import freeze_time, tagged

from .case import AnalyticsCase

MEASURES = [
    *("amount:sum", "amount_month:sum", "amount_quarter:sum", "amount_year:sum"),
    *("change_month:sum", "change_quarter:sum", "change_year:sum"),
]


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 09:00:00")
class TestComparison(AnalyticsCase):
    """Each month stands beside the month, the quarter and the year before it, with changes of the sums."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.compared = cls.env["crm.fact.invoice.comparison"]

    def _read(self, groupby, user=None, domain=()):
        rows = self.compared.with_user(user or self.olga).formatted_read_group(
            [("team_id", "=", self.industry.id), *domain], groupby, MEASURES
        )
        names = [measure.removesuffix(":sum") for measure in MEASURES]
        return {
            str(row[groupby[0]][0] if groupby else ""): {name: row[f"{name}:sum"] for name in names} for row in rows
        }

    def _sell(self, amounts, **values):
        for date, amount in amounts.items():
            self._invoice(amount, date, **values)
        self._refresh()

    def test_month_stands_beside_those_before_it(self):
        self._sell({"2025-03-20": 50, "2025-12-01": 400, "2026-02-10": 200, "2026-03-10": 100})
        march = self._read(["date:month"])["2026-03-01"]
        figures = [march[name] for name in ("amount", "amount_month", "amount_quarter", "amount_year")]
        self.assertEqual(figures, [100, 200, 400, 50])
        self.assertEqual([march[f"change_{name}"] for name in ("month", "quarter", "year")], [-50, -75, 100])

    def test_month_without_revenue_shows_what_was_a_year_before(self):
        self._sell({"2025-02-10": 80, "2026-03-10": 100})
        rows = self._read(["date:month"])
        self.assertEqual((rows["2026-02-01"]["amount"], rows["2026-02-01"]["amount_year"]), (0, 80))
        self.assertEqual(rows["2026-02-01"]["change_year"], -100)
        self.assertFalse(rows["2026-03-01"]["change_year"], "Nothing was there to compare with")

    def test_months_to_come_are_compared_with_nothing(self):
        self._sell({"2025-03-10": 10, "2025-08-10": 70, "2026-03-10": 20})
        self.assertNotIn("2026-08-01", self._read(["date:month"]))
        # So a year that is not over stands beside the same months of the year before.
        year = self._read(["date:year"])["2026-01-01"]
        self.assertEqual((year["amount"], year["amount_year"], year["change_year"]), (20, 10, 100))

    def test_quarter_stands_beside_the_quarter_before(self):
        self._sell({"2025-10-05": 10, "2025-12-05": 30, "2026-01-05": 5, "2026-03-05": 25})
        first = self._read(["date:quarter"])["2026-01-01"]
        self.assertEqual((first["amount"], first["amount_quarter"], first["change_quarter"]), (30, 40, -25))

    def test_change_is_of_sums_and_credit_notes_do_not_turn_it(self):
        self._sell({"2025-03-10": 100, "2026-03-10": 300})
        self._sell({"2025-03-10": 200, "2026-03-10": 150}, user=self.ben)
        self.assertEqual(self._read(["date:month"])["2026-03-01"]["change_year"], 50)
        self._sell({"2025-02-10": 40}, move_type="out_refund")
        self._sell({"2026-02-10": 20})
        february = self._read(["date:month"])["2026-02-01"]
        self.assertEqual((february["amount_year"], february["change_year"]), (-40, 150))

    def test_totals_are_those_of_the_cube_to_the_cent(self):
        self._sell({f"2025-{month:02}-15": 10.37 * month for month in range(1, 13)})
        self._sell({f"2026-{month:02}-15": 3.11 * month for month in range(1, 4)}, user=self.ben)
        cube = self.env["crm.fact.invoice.month"]
        for name, first, last in (
            ("amount", "2026-01-01", "2026-03-01"),
            ("amount_month", "2025-12-01", "2026-02-01"),
            ("amount_quarter", "2025-10-01", "2025-12-01"),
            ("amount_year", "2025-01-01", "2025-03-01"),
        ):
            months = [("team_id", "=", self.industry.id), ("date", ">=", first), ("date", "<=", last)]
            ((expected,),) = cube._read_group(months, [], ["amount:sum"])
            domain = [("date", ">=", "2026-01-01"), ("date", "<=", "2026-03-01")]
            self.assertTrue(expected)
            self.assertAlmostEqual(self._read([], domain=domain)[""][name], expected, 2, name)

    def test_everybody_sees_what_he_sees_of_the_revenue(self):
        self._sell({"2025-03-10": 100, "2026-03-10": 300})
        self._sell({"2025-03-10": 200, "2026-03-10": 150}, user=self.ben)
        march = self._read(["date:month"], self.anna)["2026-03-01"]
        self.assertEqual((march["amount"], march["amount_year"]), (300, 100))
        row = self.compared.search([("user_id", "=", self.ben.id), ("kind", "=", "now")], limit=1)
        self.assertFalse(self.compared.with_user(self.anna).search([("id", "=", row.id)]))
        self.assertFalse(row.with_user(self.anna).has_access("read"))

    def test_row_opens_what_it_adds_up(self):
        self._sell({"2025-03-10": 100, "2026-03-10": 300})
        row = self.compared.with_user(self.anna).search([("kind", "=", "year"), ("date", "=", "2026-03-01")])
        self.assertEqual((str(row.date_source), row.amount_year, row.amount), ("2025-03-01", 100, 0))
        facts = self.facts.with_user(self.anna).search(row.action_open_facts()["domain"])
        self.assertEqual((facts.amount, str(facts.date)), (100, "2025-03-10"))

    def test_orders_are_compared_alike(self):
        for date, price in (("2025-03-10 12:00:00", 60), ("2026-03-10 12:00:00", 90)):
            line = {"product_id": self.press.id, "product_uom_qty": 1, "price_unit": price, "tax_ids": False}
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "team_id": self.industry.id,
                    "user_id": self.anna.id,
                    "order_line": [(0, 0, line)],
                }
            )
            order.action_confirm()
            order.date_order = date
        self._refresh()
        domain = [("team_id", "=", self.industry.id), ("date", "=", "2026-03-01"), ("state", "=", "sale")]
        compared = self.env["crm.fact.order.comparison"].with_user(self.anna)
        ((amount, before, change),) = compared._read_group(
            domain, [], ["amount:sum", "amount_year:sum", "change_year:sum"]
        )
        self.assertEqual((amount, before, change), (90, 60, 50))
        row = compared.search([*domain, ("kind", "=", "year")])
        orders = self.env["crm.fact.order"].with_user(self.anna).search(row.action_open_facts()["domain"])
        self.assertEqual(orders.amount, 60)

    def test_pivot_takes_as_many_statements_for_many(self):
        compared = self.compared.with_user(self.olga)

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            compared.formatted_read_grouping_sets([], [[], ["date:month"], ["date:month", "team_id"]], MEASURES)
            return self.env.cr.sql_log_count - before

        self._sell({"2026-03-10": 100})
        count()
        few = count()
        self._sell({f"2026-0{month}-{day:02}": 10 for month in (1, 2, 3) for day in (3, 4)}, user=self.ben)
        self.assertEqual(count(), few)
