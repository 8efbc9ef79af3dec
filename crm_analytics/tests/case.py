from odoo.tests import TransactionCase
from odoo.tools import SQL

from odoo.addons.mail.tests.common import mail_new_test_user


class AnalyticsCase(TransactionCase):
    """A company with two teams, invoices in several months, deals and tickets, and people who look at them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "mail_create_nolog": True})
        cls._create_users()
        cls.industry, cls.retail = cls.env["crm.team"].create([{"name": "Industry"}, {"name": "Retail"}])
        cls.machines, cls.parts = cls.env["product.category"].create([{"name": "Machines"}, {"name": "Parts"}])
        cls.press, cls.gear = cls.env["product.product"].create(
            [
                {"name": "Press", "categ_id": cls.machines.id, "type": "service", "taxes_id": False},
                {"name": "Gear", "categ_id": cls.parts.id, "type": "service", "taxes_id": False},
            ]
        )
        cls.customer = cls.env["res.partner"].create({"name": "Aurora Metals", "is_company": True})
        cls.facts = cls.env["crm.fact.invoice"]
        cls.tables = cls.env["crm.fact.table"]._get_all()
        cls.tables._rebuild()

    @classmethod
    def _create_users(cls):
        cls.anna = mail_new_test_user(cls.env, "anna_analytics", "sales_team.group_sale_salesman")
        cls.ben = mail_new_test_user(cls.env, "ben_analytics", "sales_team.group_sale_salesman")
        cls.olga = mail_new_test_user(cls.env, "olga_analytics", "sales_team.group_sale_salesman_all_leads")
        cls.maria = mail_new_test_user(cls.env, "maria_analytics", "sales_team.group_sale_manager")
        cls.sven = mail_new_test_user(cls.env, "sven_analytics", "crm_service_desk.group_service_desk_agent")

    @classmethod
    def _invoice(cls, amount, date="2026-03-10", *, user=None, post=True, **values):
        line = {"product_id": cls.press.id, "quantity": 2, "price_unit": amount / 2, "tax_ids": False}
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": date,
                "team_id": cls.industry.id,
                "invoice_user_id": (user or cls.anna).id,
                "invoice_line_ids": [(0, 0, line)],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _deal(cls, revenue, user=None, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "New press",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "team_id": cls.industry.id,
                "user_id": user.id if user else False,
                "expected_revenue": revenue,
                "probability": 40,
                **values,
            }
        )

    @classmethod
    def _ticket(cls, **values):
        return cls.env["service.ticket"].create({"name": "It stands still", "partner_id": cls.customer.id, **values})

    @classmethod
    def _refresh(cls):
        return cls.tables._refresh()

    def assertFactsEqualSource(self):
        """Every row of every fact table is what its query makes of the documents now: nothing missing or double."""
        for table in self.tables:
            model = self.env[table.model]
            columns = SQL(", ").join(map(SQL.identifier, model._get_fact_columns()))
            kept = SQL("SELECT %s FROM %s", columns, SQL.identifier(model._table))
            truth = SQL("SELECT %s FROM (%s) AS truth", columns, model._get_fact_query(SQL("TRUE")))
            self.env.flush_all()
            for first, second in ((kept, truth), (truth, kept)):
                self.assertFalse(self.env.execute_query(SQL("(%s) EXCEPT ALL (%s)", first, second)), table.model)
        self.assertCubeEqualsFacts()

    def assertCubeEqualsFacts(self):
        """Every cell of every cube is the sum of its facts, to the cent."""
        for table in self.tables:
            for cube in self.env[table.model]._get_cubes():
                self._assert_cube(cube)

    def _assert_cube(self, cube):
        names = SQL(", ").join(map(SQL.identifier, cube._cube_keys))
        keys = SQL(", ").join(map(SQL, cube._cube_keys.values()))
        figures = [SQL("round(%s::numeric, 2)", SQL.identifier(name)) for name in cube._cube_sums]
        sums = [SQL("round(sum(%s)::numeric, 2)", SQL.identifier("row", name)) for name in cube._cube_sums]
        kept = SQL("SELECT %s, row_count, %s FROM %s", names, SQL(", ").join(figures), SQL.identifier(cube._table))
        facts = SQL.identifier(self.env[cube._cube_fact]._table)
        truth = SQL("SELECT %s, count(*), %s FROM %s AS row GROUP BY %s", keys, SQL(", ").join(sums), facts, keys)
        for first, second in ((kept, truth), (truth, kept)):
            self.assertFalse(self.env.execute_query(SQL("(%s) EXCEPT ALL (%s)", first, second)), cube._name)

    def assertRevenue(self, expected, domain=()):
        """The pivot's own call gives these amounts by team and product category."""
        rows = self.facts._read_group(domain, ["team_id", "product_categ_id"], ["amount:sum", "__count"])
        self.assertEqual(
            {(team.name, category.name): (round(amount, 2), count) for team, category, amount, count in rows}, expected
        )
