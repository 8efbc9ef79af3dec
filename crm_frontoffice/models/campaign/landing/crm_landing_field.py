from odoo import fields, models

# What a form may ask for besides name and e-mail address; named as on a contact, where it has them.
KINDS = [
    ("phone", "Phone"),
    ("company_name", "Company"),
    ("function", "Job position"),
    ("city", "City"),
    ("message", "Message"),
    ("question", "Other question"),
]


class CrmLandingField(models.Model):
    """Something that a form asks for."""

    _name = "crm.landing.field"
    _description = "Field of a Landing Form"
    _order = "sequence, id"

    form_id = fields.Many2one("crm.landing.form", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, "Asks for", required=True, default="phone")
    name = fields.Char("Label", required=True, translate=True)
    is_required = fields.Boolean("Required")

    def _get_input(self):
        """The name of the input on the page."""
        return f"field_{self.id}"
