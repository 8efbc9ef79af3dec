from odoo import models

from ....contexts import JourneyMessages


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _prepare_mail_values_mailing_traces(self, mail_values_all):
        traces = super()._prepare_mail_values_mailing_traces(mail_values_all)
        messages = JourneyMessages.of(self.env)
        for res_id in traces.keys() & messages.keys():
            if traces[res_id]:
                traces[res_id]["journey_message_id"] = messages[res_id]
        return traces
