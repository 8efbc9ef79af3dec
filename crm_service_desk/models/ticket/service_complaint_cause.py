from odoo import fields, models


class ServiceComplaintCause(models.Model):
    """Why customers complain."""

    _name = "service.complaint.cause"
    _description = "Cause of Complaints"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
