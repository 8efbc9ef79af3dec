from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        # Odoo gives back entries that were there before.
        known = self.with_context(active_test=False).search(
            [("email", "in", [vals.get("email") for vals in vals_list])]
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
        # An address that is blocked because mails come back was not blocked by the customer.
        if self and not self.env.context.get("crm_mail_came_back"):
            self.env["res.partner"]._log_unsubscribed(self.mapped("email"), [None] * len(self))
