from odoo import api, models


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        # Odoo gives back entries that were there before.
        known = self.with_context(active_test=False).search(
            [("number", "in", [vals.get("number") for vals in vals_list])]
        )
        entries = super().create(vals_list)
        (entries - known).filtered("active")._log_unsubscribed()
        return entries

    def write(self, vals):
        archived = self.filtered(lambda entry: not entry.active) if vals.get("active") else self.browse()
        result = super().write(vals)
        archived._log_unsubscribed()
        return result

    def _log_unsubscribed(self):
        if self:
            numbers = self.mapped("number")
            self.env["res.partner"]._log_unsubscribed(numbers, [None] * len(self), "phone_sanitized")
