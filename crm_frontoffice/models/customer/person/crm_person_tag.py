from odoo import fields, models


class CrmPersonTag(models.Model):
    """What a person owns, such as a house, and what he buys for, such as gifts."""

    _name = "crm.person.tag"
    _description = "Fact of a Person"
    _order = "kind, name"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection([("property", "Property"), ("purpose", "Purpose of Purchase")], required=True, index=True)
    color = fields.Integer()

    _name_unique = models.Constraint("UNIQUE(kind, name)", "There is such a fact already.")
