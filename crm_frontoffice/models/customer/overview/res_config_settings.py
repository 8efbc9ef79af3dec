from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_watch_days = fields.Integer(related="company_id.credit_watch_days", readonly=False)
    credit_stop_days = fields.Integer(related="company_id.credit_stop_days", readonly=False)
