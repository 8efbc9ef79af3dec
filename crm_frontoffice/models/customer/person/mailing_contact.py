from odoo import api, models


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    @api.model_create_multi
    def create(self, vals_list):
        """A list that is imported again mails nobody who had his data erased."""
        contacts = super().create(vals_list)
        erased = self.env["crm.erased.address"]._find(contacts.mapped("email_normalized"))
        if erased:
            # sudo: the blacklist stops the mails, whoever imported the list
            self.env["crm.consent.sync"].sudo()._set_mail_blacklist(erased, set())
        return contacts
