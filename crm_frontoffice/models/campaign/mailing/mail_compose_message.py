import re

from markupsafe import Markup

from odoo import models

from ....contexts import BatchAddresses, LinkMemory, RecipientMemory

PLACEHOLDER = re.compile(r"\{\{|[\s<\"']t[-\s>/]")  # of either language of templates, and rather once too often


class MailComposeMessage(models.TransientModel):
    """Preparing a mailing costs the same for each recipient, however many there are.

    Odoo reads for each batch of fifty who has ever got the mailing and who has ever left its lists, and looks for each
    recipient through the whole of it; it looks for the tracker of each link anew in each mail, takes the addresses of
    each recipient apart four times, makes a text anew that is the same for everybody, and cleans a second copy of each,
    which goes away with the mail.
    """

    _inherit = "mail.compose.message"

    _batch_size = 500

    def _prepare_mail_values(self, res_ids):
        if not self.mass_mailing_id:
            return super()._prepare_mail_values(res_ids)
        remembering = self.with_context(crm_link_memory=LinkMemory(), crm_recipient_memory=RecipientMemory())
        mail_values_all = super(MailComposeMessage, remembering)._prepare_mail_values(res_ids)
        if self.auto_delete and not self.auto_delete_keep_log:
            # The message lives until the mail has left, which has the text: until then the chatter names the mailing.
            for mail_values in mail_values_all.values():
                mail_values["body"] = Markup("<p>%s</p>") % (mail_values["subject"] or "")
        return mail_values_all

    def _render_template(self, template_src, model, res_ids, *args, **kwargs):
        is_batch = isinstance(self.env.context.get("crm_link_memory"), LinkMemory) and len(res_ids) > 1
        if not is_batch or PLACEHOLDER.search(template_src or ""):
            return super()._render_template(template_src, model, res_ids, *args, **kwargs)
        [text] = super()._render_template(template_src, model, res_ids[:1], *args, **kwargs).values()
        return dict.fromkeys(res_ids, text)

    def _get_recipients_data(self, mail_values_dict):
        """Odoo asks several times for each batch: for whom it may write to, who had it before, and for the traces."""
        memory = self.env.context.get("crm_recipient_memory")
        if not isinstance(memory, RecipientMemory):
            return super()._get_recipients_data(mail_values_dict)
        keys = {
            res_id: (values.get("email_to"), tuple(command[1] for command in values.get("recipient_ids") or ()))
            for res_id, values in mail_values_dict.items()
        }
        new = {key: res_id for res_id, key in keys.items() if key not in memory}
        found = super()._get_recipients_data({res_id: mail_values_dict[res_id] for res_id in new.values()})
        memory.update({key: found[res_id] for key, res_id in new.items()})
        return {res_id: memory[key] for res_id, key in keys.items()}

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
