from odoo import fields, models


class CrmFactInvoiceComparison(models.Model):
    """Revenue of each month beside that of a month, a quarter and a year before."""

    _name = "crm.fact.invoice.comparison"
    _description = "Revenue Compared"
    _inherit = "crm.fact.comparison"
    _auto = False

    _compared_cube = "crm.fact.invoice.month"
    _compared_keys = ("user_id", "team_id", "product_categ_id")

    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    amount = fields.Float("Revenue")
    amount_reporting = fields.Float("Revenue (Reporting Currency)")
