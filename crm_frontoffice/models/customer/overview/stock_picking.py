from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    _open_partner_idx = models.Index("(partner_id) WHERE state IN ('confirmed', 'waiting', 'assigned')")
