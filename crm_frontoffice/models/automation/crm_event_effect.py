from odoo import fields, models


class CrmEventEffect(models.Model):
    """What a firing made: an activity, a ticket."""

    _name = "crm.event.effect"
    _description = "Event Rule Effect"
    _rec_name = "res_model"
    _log_access = False

    firing_id = fields.Many2one("crm.event.firing", required=True, readonly=True, index=True, ondelete="cascade")
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, readonly=True)
