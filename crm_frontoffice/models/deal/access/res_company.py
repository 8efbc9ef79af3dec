from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    is_unassigned_visible = fields.Boolean(
        "Unassigned Deals for Everybody",
        default=True,
        help="Whoever sells may see and take leads and deals that nobody has yet. Otherwise only those of his teams.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "is_unassigned_visible" in vals:
            self.env.registry.clear_cache()  # the record rules keep their evaluated domains there
        return result
