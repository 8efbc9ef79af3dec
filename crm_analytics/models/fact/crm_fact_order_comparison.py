from odoo import fields, models


class CrmFactOrderComparison(models.Model):
    """Orders and quotations of each month beside those of a month, a quarter and a year before."""

    _name = "crm.fact.order.comparison"
    _description = "Orders Compared"
    _inherit = "crm.fact.comparison"
    _auto = False

    _compared_cube = "crm.fact.order.month"
    _compared_keys = ("state", "user_id", "team_id", "product_categ_id")

    state = fields.Selection(
        [("draft", "Quotation"), ("sent", "Quotation Sent"), ("sale", "Sales Order"), ("cancel", "Cancelled")],
        "Status",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    amount = fields.Float("Ordered")
    amount_reporting = fields.Float("Ordered (Reporting Currency)")
