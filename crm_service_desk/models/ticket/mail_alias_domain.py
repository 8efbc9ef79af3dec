from odoo import api, models


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    @api.model
    def _find_aliases(self, email_list):
        """Odoo looks the same addresses up five times for each message that comes in: once is enough."""
        known = self.env.context.get("service_known_aliases")
        if known is None:
            return super()._find_aliases(email_list)
        key = tuple(email_list)
        if key not in known:
            known[key] = super()._find_aliases(email_list)
        return known[key]
