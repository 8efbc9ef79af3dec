from odoo import fields, models


class ServiceTier(models.Model):
    """What a customer's contract entitles him to."""

    _name = "service.tier"
    _description = "Contract Tier"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
