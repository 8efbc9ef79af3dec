from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _find_by_address(self, addresses, column="email_normalized"):
        """The customer behind each address: the first contact that has it.

        :param addresses: normalized e-mail addresses, or sanitized phone numbers with `phone_sanitized`
        :return: dict of partner by address
        """
        found = self._get_ids_by_address(column, addresses, archived=False)
        # sudo: the event log tells whose address it is, whoever is at work
        return {address: self.sudo().browse(min(partner_ids)) for address, partner_ids in found.items()}

    @api.model
    def _log_unsubscribed(self, addresses, subjects, column="email_normalized"):
        """Tell that the customers behind these addresses want no more mailings.

        :param addresses: one for each that unsubscribed
        :param subjects: from what, parallel to the addresses; None for everything
        """
        partners = self._find_by_address(set(filter(None, addresses)), column)
        vals_list = [
            {
                **partner._prepare_event_values(),
                "code": "campaign_unsubscribed",
                "res_model": "res.partner",
                "res_id": partner.id,
                "payload": {"subject": subject},
            }
            for address, subject in zip(addresses, subjects, strict=True)
            if (partner := partners.get(address))
        ]
        if vals_list:
            self.env["crm.event"]._append(vals_list)
