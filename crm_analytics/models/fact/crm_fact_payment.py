from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source


class CrmFactPayment(models.Model):
    """Payments: one row for each amount that was matched with a customer's invoice."""

    _name = "crm.fact.payment"
    _description = "Payments"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "move_id"

    _fact_link = "partial_id"
    _fact_date = "date"
    _fact_measures = ("amount", "amount_reporting")
    _fact_sources = (
        Source("account_partial_reconcile", ("amount", "debit_move_id", "credit_move_id")),
        Source(
            "account_move",
            (
                *("move_type", "invoice_date", "invoice_date_due", "date", "company_id", "commercial_partner_id"),
                *("invoice_user_id", "team_id"),
            ),
            where="row.move_type = 'out_invoice'",
            expand="""SELECT partial.id FROM account_partial_reconcile AS partial
                        JOIN account_move_line AS line ON line.id = partial.debit_move_id
                       WHERE line.move_id = ANY(%s)""",
        ),
    )

    partial_id = FactMany2one("account.partial.reconcile", "Matching", required=True, readonly=True)
    move_id = FactMany2one("account.move", "Invoice", readonly=True)
    date = fields.Date("Paid on", readonly=True)
    date_due = fields.Date("Due on", readonly=True)
    kind = fields.Selection(
        [("payment", "Payment"), ("refund", "Credit Note"), ("other", "Other Entry")], "Paid By", readonly=True
    )
    company_id = FactMany2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="avg", help="After the due date; negative when early.")
    days_to_pay = fields.Integer(readonly=True, aggregator="avg", help="After the invoice.")
    late_count = fields.Integer("Late", readonly=True)
    amount = fields.Float("Paid", readonly=True, help="In the company's currency.")
    amount_reporting = fields.Float("Paid (Reporting Currency)", readonly=True)

    _partial_unique = models.Constraint("UNIQUE(partial_id)", "A payment is counted once.")
    _date_idx = models.Index("(date) INCLUDE (company_id, user_id, team_id, amount)")
    _customer_idx = models.Index("(commercial_partner_id, date) INCLUDE (amount)")
    _invoice_idx = models.Index("(move_id)")

    def _get_source_document(self):
        return self.move_id

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS partial_id, invoice.id AS move_id, credit.date,
                      invoice.invoice_date_due AS date_due,
                      CASE WHEN payer.move_type = 'out_refund' THEN 'refund'
                           WHEN COALESCE(payer.origin_payment_id, payer.statement_line_id) IS NOT NULL THEN 'payment'
                           ELSE 'other' END AS kind,
                      invoice.company_id, invoice.commercial_partner_id, invoice.invoice_user_id AS user_id,
                      invoice.team_id, credit.date - invoice.invoice_date_due AS days_late,
                      credit.date - invoice.invoice_date AS days_to_pay,
                      (credit.date > invoice.invoice_date_due)::int AS late_count, source.amount::float8 AS amount,
                      (source.amount * %(factor)s)::float8 AS amount_reporting
                 FROM account_partial_reconcile AS source
                 JOIN account_move_line AS debit ON debit.id = source.debit_move_id
                 JOIN account_move AS invoice ON invoice.id = debit.move_id AND invoice.move_type = 'out_invoice'
                 JOIN account_move_line AS credit ON credit.id = source.credit_move_id
                 JOIN account_move AS payer ON payer.id = credit.move_id
                 JOIN res_company AS company ON company.id = invoice.company_id
                WHERE %(where)s""",
            factor=self._get_reporting_factor("company", SQL("credit.date")),
            where=where,
        )
