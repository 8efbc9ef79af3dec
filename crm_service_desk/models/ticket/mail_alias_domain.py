from odoo import api, models

from .mail_lookups import MailLookups


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    @api.model
    def search(self, domain, offset=0, limit=None, order=None):
        """The few domains of the database are asked for at every step of the gateway."""
        lookups = MailLookups.of(self.env)
        if lookups is None or domain or offset or limit or order:
            return super().search(domain, offset=offset, limit=limit, order=order)
        found = lookups.once((self._name, self.env.uid), lambda: super(MailAliasDomain, self).search(domain))
        return self.browse(found.ids)

    @api.model
    def _find_aliases(self, email_list):
        lookups = MailLookups.of(self.env)
        if lookups is None:
            return super()._find_aliases(email_list)
        return lookups.once(("mail.alias", *email_list), lambda: super(MailAliasDomain, self)._find_aliases(email_list))
