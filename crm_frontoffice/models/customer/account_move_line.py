from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _reconcile_pre_hook(self):
        data = super()._reconcile_pre_hook()
        invoices = data["not_paid_invoices"].filtered(lambda move: move.move_type == "out_invoice")
        return {**data, "left_before": {invoice: invoice.amount_residual_signed for invoice in invoices}}

    def _reconcile_post_hook(self, data):
        result = super()._reconcile_post_hook(data)
        for invoice, left_before in data["left_before"].items():
            left = invoice.amount_residual_signed
            if invoice.payment_state == "partial" and left < left_before:
                invoice._log_event("invoice_partly_paid", amount=left_before - left)
        return result
