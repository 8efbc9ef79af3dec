from odoo import api, models


class CrmBlacklistMixin(models.AbstractModel):
    """For Odoo's blacklists: tells when an address is blocked or free again, on whatever way it came to that."""

    _name = "crm.blacklist.mixin"
    _description = "Blacklist"

    _blacklist_address = None  # the field with the address
    _blacklist_channels = ()  # what a blocked address bears on

    @api.model_create_multi
    def create(self, vals_list):
        # Odoo gives back entries that were there before.
        last = self.with_context(active_test=False).search([], order="id desc", limit=1)
        entries = super().create(vals_list)
        entries.filtered("active")._on_blocked(entries.filtered(lambda entry: entry.id <= last.id))
        return entries

    def write(self, vals):
        changed = self.filtered(lambda entry: entry.active != bool(vals.get("active", entry.active)))
        result = super().write(vals)
        blocked = changed.filtered("active")
        blocked._on_blocked(self.browse())
        (changed - blocked)._on_freed()
        return result

    def _on_blocked(self, known):
        """Addresses were put on the blacklist.

        :param known: entries of which that is no news
        """
        # sudo: the log notes what happened, whoever was allowed to do it
        sync = self.env["crm.consent.sync"].sudo()
        if self and not sync._is_syncing():
            sync._note_blocked(self._blacklist_channels, self.mapped(self._blacklist_address))

    def _on_freed(self):
        """Addresses were taken off the blacklist."""
        # sudo: the log notes what happened, whoever was allowed to do it
        sync = self.env["crm.consent.sync"].sudo()
        if self and not sync._is_syncing():
            sync._note_freed(self._blacklist_channels, self.mapped(self._blacklist_address))
