from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    quiet_from = fields.Float(related="company_id.quiet_from", readonly=False)
    quiet_to = fields.Float(related="company_id.quiet_to", readonly=False)
    is_quiet_on_holidays = fields.Boolean(related="company_id.is_quiet_on_holidays", readonly=False)
