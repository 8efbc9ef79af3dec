from odoo import models


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _prepare_mass_sms_trace_values(self, record, sms_values):
        values = super()._prepare_mass_sms_trace_values(record, sms_values)
        messages = self.env.context.get("crm_journey_messages") or {}
        if record.id in messages:
            values["journey_message_id"] = messages[record.id]
        return values
