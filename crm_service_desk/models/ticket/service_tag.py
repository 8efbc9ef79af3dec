from odoo import fields, models


class ServiceTag(models.Model):
    """A word that agents put on tickets."""

    _name = "service.tag"
    _description = "Ticket Tag"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()

    _name_unique = models.Constraint("UNIQUE(name)", "There is a tag with this name already.")
