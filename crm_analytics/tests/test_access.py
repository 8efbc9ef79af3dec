from odoo.exceptions import AccessError
from odoo.tests import tagged

from .case import AnalyticsCase


@tagged("post_install", "-at_install")
class TestAccess(AnalyticsCase):
    """Facts are as visible as the documents that they were made from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for amount, user in ((100, cls.anna), (30, cls.ben), (7, cls.env["res.users"])):
            invoice = cls._invoice(amount, user=user or cls.anna)
            if not user:
                invoice.invoice_user_id = False
                invoice.team_id = cls.industry
            cls._deal(amount, user)
        cls.mine = cls.env["service.team"].create({"name": "Mine", "member_ids": [(6, 0, cls.sven.ids)]})
        cls.others = cls.env["service.team"].create({"name": "Others"})
        cls._ticket(team_id=cls.mine.id, user_id=False)
        cls._ticket(team_id=cls.others.id, user_id=False)
        cls._refresh()

    def _revenue(self, user):
        rows = self.facts.with_user(user).formatted_read_grouping_sets(
            [("team_id", "=", self.industry.id)], [[], ["date:month", "product_categ_id"]], ["amount:sum"]
        )
        return rows[0][0]["amount:sum"]

    def test_salesperson_sees_own_and_unassigned(self):
        self.assertEqual(self._revenue(self.anna), 107)
        self.assertEqual(self._revenue(self.ben), 37)
        self.env.cr.execute(
            "SELECT sum(amount) FROM crm_fact_invoice WHERE team_id = %s AND (user_id = %s OR user_id IS NULL)",
            [self.industry.id, self.anna.id],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 107)
        deals = self.env["crm.fact.deal"].with_user(self.ben).search([("team_id", "=", self.industry.id)])
        self.assertEqual(sorted(deals.mapped("expected_revenue")), [7, 30])

    def test_levels_between_see_their_teams(self):
        """The same domain as that of the deals and orders themselves: own team, and teams led with all below."""
        self.env["crm.team.member"].create({"crm_team_id": self.industry.id, "user_id": self.anna.id})
        self.assertEqual(self._revenue(self.anna), 107)
        self.anna.group_ids += self.env.ref("crm_frontoffice.group_sale_salesman_team")
        self.assertEqual(self._revenue(self.anna), 137)
        self.ben.group_ids += self.env.ref("crm_frontoffice.group_sale_salesman_subtree")
        self.assertEqual(self._revenue(self.ben), 37)
        self.industry.user_id = self.ben
        self.assertEqual(self._revenue(self.ben), 137)

    def test_cost_and_margin_are_for_who_sees_all(self):
        fields_of = self.facts.with_user(self.anna).fields_get()
        self.assertNotIn("margin", fields_of)
        self.assertNotIn("cost", self.env["crm.fact.invoice.month"].with_user(self.anna).fields_get())
        self.assertIn("margin", self.facts.with_user(self.olga).fields_get())

    def test_stock_and_campaigns_are_not_for_every_salesperson(self):
        for model in ("crm.fact.stock", "crm.fact.touch"):
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(self.anna).search([])
            self.env[model].with_user(self.olga).search([])

    def test_all_documents_sees_all(self):
        self.assertEqual(self._revenue(self.olga), 137)
        self.assertEqual(self._revenue(self.maria), 137)

    def test_agent_sees_tickets_of_the_own_teams(self):
        tickets = self.env["crm.fact.ticket"]
        mine = [("team_id", "in", (self.mine | self.others).ids)]
        self.assertEqual(tickets.with_user(self.sven).search(mine).team_id, self.mine)
        self.assertEqual(len(tickets.with_user(self.maria).search(mine)), 2)

    def test_subject_of_a_ticket_is_not_for_sales(self):
        ticket = self.env["crm.fact.ticket"].with_user(self.maria).search([], limit=1)
        self.assertNotIn("ticket_id", ticket.fields_get())
        with self.assertRaises(AccessError):
            ticket.read(["ticket_id"])
        with self.assertRaises(AccessError):
            ticket.action_open_source()

    def test_salesperson_gets_neither_tickets_nor_forecasts(self):
        for model in ("crm.fact.ticket", "crm.forecast.run", "crm.forecast.point", "crm.fact.table", "crm.fact.change"):
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(self.anna).search([])
        with self.assertRaises(AccessError):
            self.facts.with_user(self.sven).search([])

    def test_nobody_writes_facts(self):
        row = self.facts.search([("team_id", "=", self.industry.id)], limit=1)
        for user in (self.anna, self.maria):
            self.assertFalse(row.with_user(user).has_access("write"))
            self.assertFalse(row.with_user(user).has_access("unlink"))
            self.assertFalse(self.facts.with_user(user).has_access("create"))

    def test_only_a_manager_refreshes_and_forecasts(self):
        for user in (self.anna, self.olga):
            with self.assertRaises(AccessError):
                self.env["crm.fact.table"].with_user(user).action_refresh()
            with self.assertRaises(AccessError):
                self.env["crm.forecast.run"].with_user(user).action_compute()
        self._deal(50)
        self.env["crm.fact.table"].with_user(self.maria).action_refresh()
        self.assertFactsEqualSource()

    def test_other_company_stays_apart(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self.env["crm.fact.deal"].flush_model()
        lead = self._deal(999, team_id=False, company_id=company.id, user_id=False)
        self._refresh()
        self.assertFalse(self.env["crm.fact.deal"].with_user(self.maria).search([("lead_id", "=", lead.id)]))
