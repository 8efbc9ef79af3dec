from odoo import fields, models

from ...fields import FactMany2one


class CrmFactInvoiceDay(models.Model):
    """Revenue per day and sales team: for curves over days and weeks."""

    _name = "crm.fact.invoice.day"
    _description = "Daily Revenue"
    _inherit = "crm.fact.cube"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "date"

    _cube_fact = "crm.fact.invoice"
    _cube_keys = {
        "date": "row.date",
        "company_id": "row.company_id",
        "user_id": "row.user_id",
        "team_id": "row.team_id",
    }
    _cube_sums = ("amount", "amount_reporting", "margin")
    _cube_period = {"days": 1}
    _cube_action = "crm_analytics.crm_fact_invoice_action"

    date = fields.Date("Day")
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    amount = fields.Float("Revenue", readonly=True, help="Without taxes, in the company's currency.")
    amount_reporting = fields.Float("Revenue (Reporting Currency)", readonly=True)
    margin = fields.Float(readonly=True, groups="sales_team.group_sale_salesman_all_leads")

    _cell_unique = models.UniqueIndex("(date, COALESCE(company_id, 0), COALESCE(user_id, 0), COALESCE(team_id, 0))")
    _empty_idx = models.Index("(id) WHERE row_count = 0")
