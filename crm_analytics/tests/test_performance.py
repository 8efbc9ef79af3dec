from odoo.tests import freeze_time, tagged

from .case import AnalyticsCase

PIVOT = ([[], ["date:month"], ["team_id"], ["date:month", "team_id", "product_categ_id"]], ["amount:sum", "__count"])


@tagged("post_install", "-at_install")
class TestPerformance(AnalyticsCase):
    """The number of statements does not grow with the number of records."""

    def _queries_of(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def _facts_as_manager(self):
        return self.facts.with_user(self.maria)

    @freeze_time("2026-04-20 09:00:00")  # the tables' date of refresh is written when the second has changed
    def test_refresh_takes_as_many_statements_for_ten_as_for_one(self):
        self._deal(0)
        self._refresh()  # settings come into the cache of the registry
        self._deal(1)
        one = self._queries_of(self._refresh)
        for revenue in range(10):
            self._deal(revenue)
        self.assertEqual(self._queries_of(self._refresh), one)

    def test_pivot_and_list_take_as_many_statements_for_many(self):
        self._invoice(100)
        self._refresh()
        facts = self._facts_as_manager()
        specification = {"amount": {}, "move_id": {"fields": {"display_name": {}}}, "currency_id": {"fields": {}}}

        def pivot():
            facts.formatted_read_grouping_sets([], *PIVOT)

        def rows():
            facts.web_search_read([], specification)

        pivot(), rows()
        few = self._queries_of(pivot), self._queries_of(rows)
        for day in range(1, 11):
            self._invoice(10, f"2026-04-{day:02}")
        self._refresh()
        self.assertEqual((self._queries_of(pivot), self._queries_of(rows)), few)

    def test_pivots_of_several_currencies_write_nothing(self):
        """They may run on a replica; Odoo's own reports make a temporary table of rates, which a replica refuses."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        abroad = self.env["res.company"].create({"name": "Aurora Abroad", "currency_id": euro.id})
        self._deal(80, team_id=False, company_id=abroad.id)
        self._invoice(100)
        self._refresh()
        self.maria.company_ids |= abroad
        self.env.flush_all()
        reader = self.env(user=self.maria, context={"allowed_company_ids": (self.env.company | abroad).ids})
        cr = self.env.cr
        cr.execute("SAVEPOINT reading")
        cr.execute("SET LOCAL transaction_read_only = on")
        reader["crm.fact.invoice"].formatted_read_grouping_sets([], *PIVOT)
        reader["crm.fact.invoice.month"].formatted_read_grouping_sets([], *PIVOT)
        measures = ["expected_revenue:sum", "expected_reporting:sum"]
        rows = reader["crm.fact.deal"].formatted_read_grouping_sets([], [["company_id"]], measures)
        reader["crm.process"].get_process()
        cr.execute("ROLLBACK TO SAVEPOINT reading")
        self.assertIn(80, [row["expected_revenue:sum"] for row in rows[0]])
