from odoo import api, fields, models
from odoo.tools import hmac

SCOPE = "crm_frontoffice.erased_address"


class CrmErasedAddress(models.Model):
    """The fingerprint of an address whose owner had his data erased: who comes in with it again gets no advertising.

    A fingerprint tells nothing about the address without the secret of the database, and nothing at all about a person.
    """

    _name = "crm.erased.address"
    _description = "Fingerprint of an Erased Address"
    _rec_name = "date"
    _log_access = False

    fingerprint = fields.Char(required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, default=fields.Date.context_today)

    _fingerprint_unique = models.Constraint("UNIQUE(fingerprint)", "This address is known already.")

    @api.model
    def _get_fingerprint(self, address):
        """:param address: normalized e-mail address or phone number"""
        # sudo: the secret of the database makes fingerprints, nothing is shown of it
        return hmac(self.sudo().env, SCOPE, address)

    @api.model
    def _remember(self, addresses):
        fingerprints = {self._get_fingerprint(address) for address in addresses}
        known = set(self.search([("fingerprint", "in", list(fingerprints))]).mapped("fingerprint"))
        self.create([{"fingerprint": fingerprint} for fingerprint in sorted(fingerprints - known)])

    @api.model
    def _find(self, addresses):
        """Those of the addresses that were erased."""
        by_fingerprint = {self._get_fingerprint(address): address for address in addresses if address}
        # sudo: whether an address was erased is the system's to know
        found = self.sudo().search([("fingerprint", "in", list(by_fingerprint))]) if by_fingerprint else self
        return {by_fingerprint[row.fingerprint] for row in found}
