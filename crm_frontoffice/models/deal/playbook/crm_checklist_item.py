from odoo import fields, models


class CrmChecklistItem(models.Model):
    """Something to do while a deal is in a stage."""

    _name = "crm.checklist.item"
    _description = "Checklist Item"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    stage_id = fields.Many2one("crm.stage", required=True, index=True, ondelete="cascade")
