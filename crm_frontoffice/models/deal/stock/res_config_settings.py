from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    deal_reservation_days = fields.Integer(related="company_id.deal_reservation_days", readonly=False)
