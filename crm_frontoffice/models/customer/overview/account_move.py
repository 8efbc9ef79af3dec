from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # What a customer owes is asked for on every opening of his screen.
    _open_receivable_idx = models.Index(
        """(commercial_partner_id, invoice_date_due) WHERE state = 'posted'
           AND payment_state IN ('not_paid', 'partial') AND move_type IN ('out_invoice', 'out_refund')"""
    )
