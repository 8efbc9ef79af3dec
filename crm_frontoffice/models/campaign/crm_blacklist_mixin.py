from odoo import models

from ...contexts import INSIDE
from ..customer.consent.choices import ADDRESS_COLUMNS


class CrmBlacklistMixin(models.AbstractModel):
    _inherit = "crm.blacklist.mixin"

    def _on_blocked(self, known):
        result = super()._on_blocked(known)
        new = self - known
        # An address that is blocked because mails come back was not blocked by the customer.
        if new and self.env.context.get("crm_mail_came_back") is not INSIDE:
            column = ADDRESS_COLUMNS[self._blacklist_channels[0]]
            self.env["res.partner"]._log_unsubscribed(new.mapped(self._blacklist_address), [None] * len(new), column)
        return result
