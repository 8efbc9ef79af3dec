from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # Few of a large customer's orders are in progress.
    _in_progress_idx = models.Index(
        """(partner_id) WHERE state = 'sale'
           AND (delivery_status IN ('pending', 'started', 'partial') OR invoice_status = 'to invoice')"""
    )
    _open_quotation_idx = models.Index("(partner_id) WHERE state IN ('draft', 'sent')")
