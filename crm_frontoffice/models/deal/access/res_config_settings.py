from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    is_unassigned_visible = fields.Boolean(related="company_id.is_unassigned_visible", readonly=False)
