from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    holdout_percent = fields.Float(help="So many customers get no advertising at all, to see what all of it brings.")
    holdout_since = fields.Date()

    _holdout_range = models.Constraint(
        "CHECK (holdout_percent >= 0 AND holdout_percent <= 50)", "Those who are held out are from 0 to 50 percent."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered("holdout_percent")._begin_holdout()
        return companies

    def write(self, vals):
        changed = self.filtered(
            lambda company: vals.get("holdout_percent", company.holdout_percent) != company.holdout_percent
        )
        result = super().write(vals)
        changed._begin_holdout()
        return result

    def _begin_holdout(self):
        """Another share holds others out: what was invoiced before tells nothing about them."""
        if self:
            self.holdout_since = fields.Date.today()
