from odoo import fields, models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    gate_ids = fields.One2many("crm.stage.gate", "stage_id", "Entry Conditions", copy=True)
