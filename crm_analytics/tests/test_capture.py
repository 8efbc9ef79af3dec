from odoo.tests import tagged
from odoo.tools import SQL

from ..hooks import uninstall_hook
from .case import AnalyticsCase


@tagged("post_install", "-at_install")
class TestCapture(AnalyticsCase):
    """The triggers see every change that matters, and only those."""

    def _waiting(self, model):
        self.env.flush_all()
        return self.env["crm.fact.change"].search([("fact", "=", model)])

    def test_raw_sql_is_seen(self):
        invoice = self._invoice(100)
        self._refresh()
        self.env.cr.execute("UPDATE account_move SET team_id = %s WHERE id = %s", [self.retail.id, invoice.id])
        self.assertEqual(self._waiting("crm.fact.invoice").mapped("source_id"), [invoice.id])
        self._refresh()
        self.assertRevenue({("Retail", "Machines"): (100, 1)}, [("move_id", "=", invoice.id)])

    def test_raw_delete_is_seen(self):
        lead = self._deal(10)
        self._refresh()
        self.env.cr.execute("DELETE FROM crm_lead WHERE id = %s", [lead.id])
        self._refresh()
        self.assertFactsEqualSource()

    def test_change_of_no_interest_is_not_queued(self):
        invoice, lead, ticket = self._invoice(100), self._deal(10), self._ticket()
        self._refresh()
        invoice.ref = "PO 17"
        lead.name = "Another title"
        ticket.name = "Another subject"
        self.customer.name = "Aurora"
        self.env.flush_all()
        self.assertFalse(self.env["crm.fact.change"].search([]))

    def test_lines_of_a_draft_are_not_queued(self):
        self._refresh()
        self._invoice(100, post=False)
        sources = self._waiting("crm.fact.invoice").mapped("source")
        self.assertNotIn("account_move_line", sources)

    def test_a_thousand_rows_are_one_statement(self):
        self.env["crm.lead"].create([{"name": f"Lead {number}"} for number in range(200)])
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.env.cr.execute("UPDATE crm_lead SET probability = 1 WHERE name LIKE 'Lead %'")
            self.env.cr.execute("SELECT count(*) FROM crm_fact_change WHERE source = 'crm_lead'")

    def test_second_worker_steps_aside(self):
        """While one worker refreshes, another one neither waits nor does the same work again."""
        self._deal(10)
        self.env.flush_all()
        self.tables.try_lock_for_update()
        with self.registry.cursor() as other:
            self.assertEqual(self.tables.with_env(self.env(cr=other))._refresh(), 0)
        self.assertTrue(self._waiting("crm.fact.deal"))

    def test_uninstalling_removes_every_trigger(self):
        triggers = SQL("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm_fact_%%'")
        functions = SQL("SELECT count(*) FROM pg_proc WHERE proname LIKE 'crm_fact_%%'")
        self.assertTrue(self.env.execute_query(triggers)[0][0])
        uninstall_hook(self.env)
        self.assertEqual(self.env.execute_query(triggers), [(0,)])
        self.assertEqual(self.env.execute_query(functions), [(0,)])
        self._deal(10)
        self.env.flush_all()
