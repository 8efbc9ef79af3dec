from odoo import fields, models


class CrmInteractionResult(models.Model):
    """How a contact with a customer went."""

    _name = "crm.interaction.result"
    _description = "Result of a Contact"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="The name that programs use.", copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_answered = fields.Boolean("Customer Was Reached", help="Tells which channel and hour a customer answers best.")

    _code_unique = models.Constraint("UNIQUE(code)", "A result with this code exists already.")
