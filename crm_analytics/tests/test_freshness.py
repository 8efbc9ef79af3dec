from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .case import AnalyticsCase


@tagged("post_install", "-at_install")
class TestFreshness(AnalyticsCase):
    """After a refresh the facts are what the documents say, whatever was done to the documents."""

    def test_posted_invoice_becomes_revenue(self):
        before = self.facts.search_count([])
        self._invoice(100)
        self._invoice(40, post=False)
        self._refresh()
        self.assertRevenue({("Industry", "Machines"): (100, 1)}, [("team_id", "=", self.industry.id)])
        self.assertEqual(self.facts.search_count([]), before + 1)
        self.assertFactsEqualSource()

    def test_credit_note_lowers_revenue_and_quantity(self):
        invoice = self._invoice(100)
        refund = invoice._reverse_moves([{"invoice_date": "2026-03-20"}])
        refund.action_post()
        self._refresh()
        rows = self.facts.search([("move_id", "in", (invoice | refund).ids)], order="date")
        self.assertEqual(rows.mapped("amount"), [100, -100])
        self.assertEqual(rows.mapped("quantity"), [2, -2])

    def test_figures_equal_those_of_the_invoice_analysis(self):
        self._invoice(100.10, "2026-01-31")
        self._invoice(33.33, "2026-02-01", team_id=self.retail.id)
        self._refresh()
        self.env.flush_all()
        teams = (self.industry | self.retail).ids
        domain = [("team_id", "in", teams)]
        ours = self.facts._read_group(
            domain, ["team_id", "product_categ_id", "move_id"], ["amount:sum", "quantity:sum"]
        )
        theirs = self.env["account.invoice.report"]._read_group(
            [*domain, ("state", "=", "posted"), ("move_type", "in", ("out_invoice", "out_refund"))],
            ["team_id", "product_categ_id", "move_id"],
            ["price_subtotal:sum", "quantity:sum"],
        )
        self.assertEqual(len(ours), 2)
        for mine, other in zip(sorted(ours, key=str), sorted(theirs, key=str), strict=True):
            self.assertEqual(mine[:3], other[:3])
            self.assertAlmostEqual(mine[3], other[3], 2)
            self.assertAlmostEqual(mine[4], other[4], 6)

    def test_invoice_back_to_draft_leaves_the_facts(self):
        invoice = self._invoice(100)
        self._refresh()
        invoice.button_draft()
        invoice.invoice_line_ids.unlink()
        self._refresh()
        self.assertFalse(self.facts.search([("move_id", "=", invoice.id)]))
        self.assertFactsEqualSource()

    def test_moved_to_another_team_and_category(self):
        invoice = self._invoice(100)
        self._refresh()
        invoice.team_id = self.retail
        self.press.categ_id = self.parts
        self._refresh()
        self.assertRevenue({("Retail", "Parts"): (100, 1)}, [("move_id", "=", invoice.id)])
        self.assertFactsEqualSource()

    def test_deal_follows_its_lead(self):
        lead = self._deal(1000, self.anna)
        self._refresh()
        fact = self.env["crm.fact.deal"].search([("lead_id", "=", lead.id)])
        self.assertEqual((fact.status, fact.expected_revenue, fact.prorated_revenue), ("open", 1000, 400))
        lead.action_set_won()
        self._refresh()
        self.assertEqual((fact.status, fact.prorated_revenue), ("won", 1000))
        self.assertEqual(fact.date_closed, lead.date_closed)
        self._deal(5, self.ben).action_set_lost()
        self._deal(6).action_archive()
        self._refresh()
        rows = self.env["crm.fact.deal"].search([("expected_revenue", "in", (5, 6))], order="expected_revenue")
        self.assertEqual(rows.mapped("status"), ["lost", "archived"])
        self.assertFactsEqualSource()

    def test_score_written_past_the_orm_does_not_go_stale(self):
        lead = self._deal(1000, self.anna)
        self._refresh()
        self.env.cr.execute("UPDATE crm_lead SET probability = 70 WHERE id = %s", [lead.id])
        self._refresh()
        fact = self.env["crm.fact.deal"].search([("lead_id", "=", lead.id)])
        self.assertEqual(fact.prorated_revenue, 700)

    def test_ticket_follows_its_stage(self):
        ticket = self._ticket(user_id=self.sven.id, priority="3")
        self._refresh()
        fact = self.env["crm.fact.ticket"].search([("ticket_id", "=", ticket.id)])
        self.assertTrue(fact.is_open)
        ticket.stage_id = self.env["service.stage"].search([("category", "=", "solved")], limit=1)
        self._refresh()
        self.assertEqual((fact.is_open, fact.category, fact.priority), (False, "solved", "3"))
        self.assertFactsEqualSource()

    def test_second_refresh_changes_nothing(self):
        self._invoice(100)
        self._deal(50)
        self._ticket()
        self._refresh()
        self.env.cr.execute("SELECT ctid, id FROM crm_fact_invoice ORDER BY id")
        before = self.env.cr.fetchall()
        self.assertEqual(self._refresh(), 0)
        self.tables._rebuild()
        self.env.cr.execute("SELECT ctid, id FROM crm_fact_invoice ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before, "A rebuild rewrites only rows that were wrong")

    def test_rebuild_mends_everything(self):
        self._invoice(100)
        self._deal(50)
        self._refresh()
        self.env.cr.execute("UPDATE crm_fact_deal SET expected_revenue = 1; DELETE FROM crm_fact_invoice")
        self.tables._rebuild()
        self.assertFactsEqualSource()

    def test_nightly_check_repairs_months_that_differ(self):
        self._invoice(100, "2026-01-05")
        self._invoice(200, "2026-02-05")
        self._refresh()
        self.env.cr.execute("UPDATE crm_fact_invoice SET amount = amount + 1 WHERE date = '2026-02-05'")
        self.env.cr.execute("DELETE FROM crm_fact_invoice WHERE date = '2026-01-05'")
        with self.enter_registry_test_mode():
            self.assertTrue(self.env.ref("crm_analytics.ir_cron_fact_check").method_direct_trigger())
        self.env.invalidate_all()
        self.assertEqual(self.env.ref("crm_analytics.fact_table_invoice").wrong_months, 2)
        self.assertFactsEqualSource()

    def test_cron_empties_the_queue(self):
        self._invoice(100)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.assertTrue(self.env.ref("crm_analytics.ir_cron_fact_refresh").method_direct_trigger())
        self.assertFalse(self.env["crm.fact.change"].search_count([]))
        self.assertFactsEqualSource()

    def test_monthly_revenue_is_kept_by_differences(self):
        first, second = self._invoice(100, "2026-01-05"), self._invoice(50, "2026-01-25", user=self.ben)
        self._refresh()
        cells = [("team_id", "in", (self.industry | self.retail).ids)]
        monthly = self.env["crm.fact.invoice.month"]
        self.assertEqual(sorted(monthly.search(cells).mapped("amount")), [50, 100])
        second.button_draft()
        first.team_id = self.retail
        self._refresh()
        cell = monthly.search(cells)
        self.assertEqual((cell.team_id, cell.row_count, cell.amount), (self.retail, 1, 100))
        rows = self.facts.search(cell.action_open_facts()["domain"])
        self.assertEqual(rows.move_id, first)
        self.assertEqual(monthly.with_user(self.ben).search(cells).ids, [])
        self.assertCubeEqualsFacts()

    def test_deleted_team_leaves_no_dangling_link(self):
        invoice = self._invoice(100, team_id=self.retail.id)
        self._refresh()
        retail = self.retail.id
        self.retail.unlink()
        self.assertFalse(self.env["crm.fact.invoice.month"].search([("team_id", "=", retail)]))
        fact = self.facts.search([("move_id", "=", invoice.id)])
        self.assertFalse(fact.team_id)
        self.assertTrue(self.facts.formatted_read_group([("id", "=", fact.id)], ["team_id"], ["amount:sum"]))

    def test_deleted_deal_disappears_at_once(self):
        lead = self._deal(1000)
        self._refresh()
        lead.unlink()
        self.env.flush_all()
        self.assertFalse(self.env["crm.fact.deal"].search([("expected_revenue", "=", 1000)]))

    @mute_logger("odoo.sql_db")
    def test_list_row_opens_the_document(self):
        invoice = self._invoice(100)
        self._refresh()
        action = self.facts.search([("move_id", "=", invoice.id)]).action_open_source()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", invoice.id))

    def test_invoice_with_several_lines_has_a_row_for_each_product(self):
        lines = [
            Command.create({"product_id": self.press.id, "quantity": 1, "price_unit": 10, "tax_ids": False}),
            Command.create({"product_id": self.gear.id, "quantity": 3, "price_unit": 5, "tax_ids": False}),
            Command.create({"display_type": "line_note", "name": "Thank you"}),
        ]
        invoice = self._invoice(0, invoice_line_ids=lines)
        self._refresh()
        expected = {("Industry", "Machines"): (10, 1), ("Industry", "Parts"): (15, 1)}
        self.assertRevenue(expected, [("move_id", "=", invoice.id)])
