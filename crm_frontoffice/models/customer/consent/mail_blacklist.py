from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries.filtered("active")._note_consent()
        return entries

    def write(self, vals):
        changed = self.filtered(lambda entry: entry.active != bool(vals.get("active", entry.active)))
        result = super().write(vals)
        changed._note_consent()
        return result

    def _note_consent(self):
        """Unsubscribing in a mailing, bouncing for good and an employee's entry all end here."""
        # sudo: the log notes what happened, whoever was allowed to do it
        sync = self.env["crm.consent.sync"].sudo()
        if self and not sync._is_syncing():
            blocked = self.filtered("active")
            sync._note_blocked(["email"], blocked.mapped("email"))
            sync._note_freed(["email"], (self - blocked).mapped("email"))
