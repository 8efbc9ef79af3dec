from odoo import api, models
from odoo.tools import SQL

NEAR_PERCENT = "90"  # of the credit limit


class CrmEventScan(models.AbstractModel):
    _inherit = "crm.event.scan"

    @api.model
    def _get_scans(self):
        return [*super()._get_scans(), "_scan_credit_limits"]

    @api.model
    def _get_default_days(self):
        return {**super()._get_default_days(), "_scan_credit_limits": NEAR_PERCENT}

    @api.model
    def _get_labels(self):
        label = self.env._("Customers who use so many percent of their credit limit")
        return {**super()._get_labels(), "_scan_credit_limits": label}

    @api.model
    def _scan_credit_limits(self):
        """Once per crossing: what a customer owes and has on order comes near his limit; and once more, when it falls.

        Each company that uses credit limits has its own limits, invoices and orders.
        """
        for model in ("res.partner", "account.move", "sale.order", "sale.order.line"):
            self.env[model].flush_model()
        columns = {
            "partner_id": SQL("document.id"),
            "commercial_partner_id": SQL("document.id"),
            "user_id": SQL("document.user_id"),
            "currency_id": SQL("company.currency_id"),
            "amount": SQL("document.used"),
            "payload": SQL("jsonb_build_object('percent', ROUND(100 * document.used / document.credit_limit))"),
        }
        tables = SQL(
            """(SELECT customer.id, customer.user_id, customer.company_id, customer.credit_limit,
                       owed.amount + ordered.amount AS used,
                       owed.amount + ordered.amount >= customer.credit_limit * %s / 100.0 AS holds
                  FROM (%s) customer JOIN LATERAL (%s) owed ON TRUE JOIN LATERAL (%s) ordered ON TRUE
                 WHERE customer.credit_limit > 0) document
               JOIN res_company company ON company.id = document.company_id""",
            max(self._get_days("_scan_credit_limits"), default=0),
            self._select_limits(),
            self._select_owed(),
            self._select_ordered(),
        )
        turns = ("credit_limit_near", "credit_limit_eased")
        return self._append_turns(turns, "res.partner", columns, tables, SQL("TRUE"))

    @api.model
    def _select_limits(self):
        """The customers and their limits in each company that uses limits."""
        # sudo: the search is the system's
        companies = self.env["res.company"].sudo().search([("account_use_credit_limit", "=", True)])
        partner = self.env["res.partner"]
        field = partner._fields["credit_limit"]
        return SQL(
            """SELECT partner.id, partner.user_id, given.company_id,
                      COALESCE((partner.credit_limit->>given.company_id::text)::numeric, given.usual) AS credit_limit
                 FROM UNNEST(%s::int[], %s::numeric[]) AS given(company_id, usual)
                 JOIN res_partner partner ON COALESCE(partner.company_id, given.company_id) = given.company_id
                WHERE partner.active AND partner.commercial_partner_id = partner.id""",
            companies.ids,
            [field.get_company_dependent_fallback(partner.with_company(company)) or 0.0 for company in companies],
        )

    @api.model
    def _select_owed(self):
        """What a customer has been invoiced and has not paid, in the company's money."""
        return SQL(
            """SELECT COALESCE(SUM(move.amount_residual_signed), 0) AS amount
                 FROM account_move move
                WHERE move.commercial_partner_id = customer.id AND move.company_id = customer.company_id
                  AND move.state = 'posted' AND move.payment_state IN ('not_paid', 'partial')
                  AND move.move_type IN ('out_invoice', 'out_refund')"""
        )

    @api.model
    def _select_ordered(self):
        """What a customer has ordered and was not invoiced yet, with taxes, in the company's money."""
        return SQL(
            """SELECT COALESCE(SUM(line.price_total / COALESCE(NULLIF(sale.currency_rate, 0), 1)
                      * GREATEST(1 - line.untaxed_amount_invoiced / NULLIF(line.price_subtotal, 0), 0)), 0) AS amount
                 FROM res_partner person
                 JOIN sale_order sale ON sale.partner_invoice_id = person.id AND sale.company_id = customer.company_id
                 JOIN sale_order_line line ON line.order_id = sale.id AND line.is_downpayment IS NOT TRUE
                WHERE person.commercial_partner_id = customer.id
                  AND sale.state = 'sale' AND sale.invoice_status <> 'invoiced'"""
        )
