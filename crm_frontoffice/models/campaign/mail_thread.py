from odoo import api, models

from ...contexts import INSIDE


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Odoo blocks an address whose mails keep coming back: that is no wish of the customer."""
        marked = self.with_context(crm_mail_came_back=INSIDE)
        return super(MailThread, marked)._routing_handle_bounce(email_message, message_dict)
