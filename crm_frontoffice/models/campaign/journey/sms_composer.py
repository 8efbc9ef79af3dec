from odoo import models

from ....contexts import JourneyMessages


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _prepare_mass_sms_trace_values(self, record, sms_values):
        values = super()._prepare_mass_sms_trace_values(record, sms_values)
        messages = JourneyMessages.of(self.env)
        if record.id in messages:
            values["journey_message_id"] = messages[record.id]
        return values
