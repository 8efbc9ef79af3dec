from odoo import fields, models

from ...fields import FactMany2one
from .crm_fact_invoice_month import MONTHS


class CrmFactOrderMonth(models.Model):
    """Orders and quotations per month, salesperson, team and product category."""

    _name = "crm.fact.order.month"
    _description = "Monthly Orders"
    _inherit = "crm.fact.cube"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "date"

    _cube_fact = "crm.fact.order"
    _cube_keys = {
        "date": "date_trunc('month', row.date)::date",
        "year": "to_char(row.date, 'YYYY')",
        "month": "to_char(row.date, 'MM')",
        "state": "row.state",
        "company_id": "row.company_id",
        "user_id": "row.user_id",
        "team_id": "row.team_id",
        "product_categ_id": "row.product_categ_id",
    }
    _cube_sums = ("quantity", "amount", "amount_reporting")
    _cube_period = {"months": 1}
    _cube_action = "crm_analytics.crm_fact_order_action"

    date = fields.Date("Month")
    year = fields.Char(readonly=True, help="Beside the month of the year: one year against another.")
    month = fields.Selection(MONTHS, "Month of the Year", readonly=True)
    state = fields.Selection(
        [("draft", "Quotation"), ("sent", "Quotation Sent"), ("sale", "Sales Order"), ("cancel", "Cancelled")],
        "Status",
        readonly=True,
    )
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    product_categ_id = FactMany2one("product.category", "Product Category", readonly=True)
    quantity = fields.Float(readonly=True)
    amount = fields.Float("Ordered", readonly=True, help="Without taxes, in the company's currency.")
    amount_reporting = fields.Float("Ordered (Reporting Currency)", readonly=True)

    _cell_unique = models.UniqueIndex(
        "(date, year, month, state, COALESCE(company_id, 0), COALESCE(user_id, 0), COALESCE(team_id, 0),"
        " COALESCE(product_categ_id, 0))"
    )
    _empty_idx = models.Index("(id) WHERE row_count = 0")

    def _get_cell_domain(self):
        return [*super()._get_cell_domain(), ("state", "=", self.state)]
