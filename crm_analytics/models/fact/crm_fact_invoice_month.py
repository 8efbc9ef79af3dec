from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one


class CrmFactInvoiceMonth(models.Model):
    """Revenue per month and few dimensions: what managers look at daily, added up already.

    The triggers of the facts keep it by the difference that each statement makes. Every dimension costs rows: what is
    not here is asked of `crm.fact.invoice`.
    """

    _name = "crm.fact.invoice.month"
    _description = "Monthly Revenue"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Date("Month", required=True, readonly=True)
    company_id = FactMany2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    product_categ_id = FactMany2one("product.category", "Product Category", readonly=True)
    row_count = fields.Integer("Invoice Lines", readonly=True)
    quantity = fields.Float(readonly=True)
    amount = fields.Float("Revenue", readonly=True, help="Without taxes, in the company's currency.")

    _cell_unique = models.UniqueIndex(
        "(date, COALESCE(company_id, 0), COALESCE(user_id, 0), COALESCE(team_id, 0), COALESCE(product_categ_id, 0))"
    )

    _empty_idx = models.Index("(id) WHERE row_count = 0")

    def action_open_facts(self):
        """Open the invoice lines that a row adds up."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_analytics.crm_fact_invoice_action")
        names = ("company_id", "user_id", "team_id", "product_categ_id")
        action["domain"] = [
            ("date", ">=", self.date),
            ("date", "<", fields.Date.add(self.date, months=1)),
            *((name, "=", self[name].id) for name in names),
        ]
        action["context"] = {}
        action["views"] = [(False, "list"), (False, "pivot"), (False, "graph")]
        return action

    @api.model
    def _rebuild(self):
        """Add everything up anew: float sums kept by differences lose their last digits over the years."""
        self.env.execute_query(SQL("DELETE FROM crm_fact_invoice_month"))
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_fact_invoice_month
                       (date, company_id, user_id, team_id, product_categ_id, row_count, quantity, amount)
                   SELECT date_trunc('month', date)::date, company_id, user_id, team_id, product_categ_id,
                          count(*), sum(quantity), sum(amount)
                     FROM crm_fact_invoice
                    GROUP BY date_trunc('month', date)::date, company_id, user_id, team_id, product_categ_id"""
            )
        )
        self.invalidate_model(flush=False)
