from odoo import fields
from odoo.tests import new_test_user
from odoo.tests.common import TransactionCase


class FrontofficeFixtures:
    """A customer, a salesperson with own documents, a colleague, a manager, and what they need to sell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.team = cls.env["crm.team"].create({"name": "Test Sales", "company_id": False})
        cls.anna = cls._create_user("anna_test", "sales_team.group_sale_salesman")
        cls.boris = cls._create_user("boris_test", "sales_team.group_sale_salesman")
        cls.maria = cls._create_user(
            "maria_test",
            "sales_team.group_sale_manager,account.group_account_invoice,stock.group_stock_user,base.group_partner_manager",
        )
        cls.team.user_id = cls.maria
        cls.customer = cls.env["res.partner"].create(
            {"name": "Acme Works", "is_company": True, "user_id": cls.anna.id, "email": "info@acme.example"}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Anna Karenina", "parent_id": cls.customer.id, "email": "anna.k@acme.example"}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Chair", "type": "consu", "is_storable": True, "list_price": 100.0, "taxes_id": False}
        )

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(cls.env, login=login, groups=groups, name=login.split("_")[0].title())

    def _create_deal(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Chairs for the office",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.anna.id,
                "team_id": self.team.id,
                **values,
            }
        )

    def _create_loyalty_program(self, *required_points):
        """Points are collected on a card; for so many of them there are rewards."""
        return self.env["loyalty.program"].create(
            {
                "name": "Regulars",
                "program_type": "loyalty",
                "applies_on": "both",
                "rule_ids": [(5, 0, 0), (0, 0, {"reward_point_mode": "money", "reward_point_amount": 0.1})],
                "reward_ids": [(5, 0, 0)]
                + [
                    (0, 0, {"reward_type": "discount", "discount": 5, "required_points": points})
                    for points in required_points or (100,)
                ],
            }
        )

    def _create_invoice(self, *, post=True, **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_user_id": self.anna.id,
                "team_id": self.team.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [(0, 0, {"product_id": self.product.id, "quantity": 2, "price_unit": 100.0})],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _pay(self, invoice, amount=None):
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        values = {"amount": amount} if amount else {}
        return self.env["account.payment.register"].with_context(**context).create(values)._create_payments()

    def _codes(self, partner=None, record=None):
        """The codes of the events of a customer or a document, oldest first."""
        domain = []
        if partner:
            domain.append(("commercial_partner_id", "=", partner.commercial_partner_id.id))
        if record:
            domain += [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        return [event.type_id.code for event in self.env["crm.event"].search(domain, order="id")]


class FrontofficeCase(FrontofficeFixtures, TransactionCase):
    """A test at the level of models."""
