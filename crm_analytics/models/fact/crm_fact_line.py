from odoo import fields, models

from ...fields import FactMany2one


class CrmFactLine(models.AbstractModel):
    """Facts about a product that a customer was offered, got or paid: the dimensions that all of them share."""

    _name = "crm.fact.line"
    _description = "Fact of a Product Line"
    _inherit = "crm.fact"

    company_id = FactMany2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    product_id = FactMany2one("product.product", "Product", readonly=True)
    product_categ_id = FactMany2one("product.category", "Product Category", readonly=True)
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
