from odoo import fields, models


class CrmContactRole(models.Model):
    """The part that a person plays when a customer decides."""

    _name = "crm.contact.role"
    _description = "Role in a Deal"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
