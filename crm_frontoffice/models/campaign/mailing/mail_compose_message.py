from odoo import models

from ....contexts import BatchAddresses, LinkMemory


class MailComposeMessage(models.TransientModel):
    """Preparing a mailing costs the same for each recipient, however many there are.

    Odoo reads for each batch of fifty who has ever got the mailing and who has ever left its lists, and looks for each
    recipient through the whole of it; and it looks for the tracker of each link anew in each mail.
    """

    _inherit = "mail.compose.message"

    _batch_size = 500

    def _prepare_mail_values(self, res_ids):
        if not self.mass_mailing_id:
            return super()._prepare_mail_values(res_ids)
        remembering = self.with_context(crm_link_memory=LinkMemory())
        return super(MailComposeMessage, remembering)._prepare_mail_values(res_ids)

    def _get_done_emails(self, mail_values_dict):
        return super(MailComposeMessage, self._with_addresses(mail_values_dict))._get_done_emails(mail_values_dict)

    def _get_optout_emails(self, mail_values_dict):
        return super(MailComposeMessage, self._with_addresses(mail_values_dict))._get_optout_emails(mail_values_dict)

    def _with_addresses(self, mail_values_dict):
        """Let the lists be read for the addresses of this batch only."""
        if not self.mass_mailing_id:
            return self
        recipients = self._get_recipients_data(mail_values_dict)
        addresses = {address for data in recipients.values() for address in data["mail_to_normalized"]}
        return self.with_context(crm_addresses=BatchAddresses(addresses))
