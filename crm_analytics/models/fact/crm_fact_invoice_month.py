from odoo import fields, models

from ...fields import FactMany2one

MONTHS = [
    *(("01", "January"), ("02", "February"), ("03", "March"), ("04", "April"), ("05", "May"), ("06", "June")),
    *(("07", "July"), ("08", "August"), ("09", "September"), ("10", "October"), ("11", "November")),
    ("12", "December"),
]


class CrmFactInvoiceMonth(models.Model):
    """Revenue per month, salesperson, team and product category."""

    _name = "crm.fact.invoice.month"
    _description = "Monthly Revenue"
    _inherit = "crm.fact.cube"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "date"

    _cube_fact = "crm.fact.invoice"
    _cube_keys = {
        "date": "date_trunc('month', row.date)::date",
        "year": "to_char(row.date, 'YYYY')",
        "month": "to_char(row.date, 'MM')",
        "company_id": "row.company_id",
        "user_id": "row.user_id",
        "team_id": "row.team_id",
        "product_categ_id": "row.product_categ_id",
    }
    _cube_sums = ("quantity", "amount", "amount_reporting", "cost", "margin")
    _cube_period = {"months": 1}
    _cube_action = "crm_analytics.crm_fact_invoice_action"

    date = fields.Date("Month")
    year = fields.Char(readonly=True, help="Beside the month of the year: one year against another.")
    month = fields.Selection(MONTHS, "Month of the Year", readonly=True)
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    product_categ_id = FactMany2one("product.category", "Product Category", readonly=True)
    quantity = fields.Float(readonly=True)
    amount = fields.Float("Revenue", readonly=True, help="Without taxes, in the company's currency.")
    amount_reporting = fields.Float("Revenue (Reporting Currency)", readonly=True)
    cost = fields.Float(readonly=True, groups="sales_team.group_sale_salesman_all_leads")
    margin = fields.Float(readonly=True, groups="sales_team.group_sale_salesman_all_leads")

    _cell_unique = models.UniqueIndex(
        "(date, year, month, COALESCE(company_id, 0), COALESCE(user_id, 0), COALESCE(team_id, 0),"
        " COALESCE(product_categ_id, 0))"
    )
    _empty_idx = models.Index("(id) WHERE row_count = 0")
