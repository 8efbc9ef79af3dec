from odoo import fields, models


class CrmRelationType(models.Model):
    """How one partner stands to another, in words that are right from either side."""

    _name = "crm.relation.type"
    _description = "Kind of Relation"
    _order = "sequence, id"

    name = fields.Char(
        "From the First", required=True, translate=True, help="What is said of the first, such as “referred by”."
    )
    inverse_name = fields.Char(
        "From the Second", required=True, translate=True, help="What is said of the second, such as “has referred”."
    )
    code = fields.Char(help="The name that programs use.", copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_symmetric = fields.Boolean("Same from Both Sides", help="As in a household: then one sentence serves for both.")
    first_kind = fields.Selection([("person", "Person"), ("company", "Company")], "First Is A")
    second_kind = fields.Selection([("person", "Person"), ("company", "Company")], "Second Is A")
    relation_ids = fields.One2many("crm.partner.relation", "type_id")

    _code_unique = models.Constraint("UNIQUE(code)", "A kind of relation with this code exists already.")

    def _get_label(self, side):
        """The words for this kind seen from one side, "first" or "second"."""
        self.ensure_one()
        return self.name if side == "first" or self.is_symmetric else self.inverse_name
