from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    """Somebody decides in place of people who are out of office."""

    _inherit = "res.users"

    deputy_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('id', '!=', id)]",
        ondelete="set null",
        help="Decides about approvals while you are out of office.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "deputy_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "deputy_id"]

    @api.constrains("deputy_id")
    def _check_deputy(self):
        if culprits := self.filtered(lambda user: user.deputy_id == user):
            raise ValidationError(
                self.env._("Nobody is his own deputy: %(users)s", users=", ".join(culprits.mapped("name")))
            )

    def _get_present_approver(self):
        """The first who is in office: this person, his deputy, the deputy's deputy; this person if nobody is."""
        asked, person = self.browse(), self
        while person and person not in asked:
            if person.active and not person.is_out_of_office:
                return person
            asked += person
            person = person.deputy_id
        return self if self.active else self.browse()
