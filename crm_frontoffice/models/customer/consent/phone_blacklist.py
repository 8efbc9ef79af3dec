from odoo import api, models


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

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
        """A number on the blacklist gets no SMS and no advertising call."""
        # sudo: the log notes what happened, whoever was allowed to do it
        sync = self.env["crm.consent.sync"].sudo()
        if self and not sync._is_syncing():
            blocked = self.filtered("active")
            sync._note_blocked(["sms", "phone"], blocked.mapped("number"))
            sync._note_freed(["sms", "phone"], (self - blocked).mapped("number"))
