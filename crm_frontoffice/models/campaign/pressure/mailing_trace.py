from odoo import api, models

from ....contexts import JourneyMessages

CHANNEL_OF_TYPE = {"mail": "email", "sms": "sms"}


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    @api.model_create_multi
    def create(self, vals_list):
        """Whatever leaves for a customer counts for his limits; messages of journeys were counted before."""
        traces = super().create(vals_list)
        if not JourneyMessages.of(self.env):
            meant = traces.filtered(
                lambda trace: (
                    trace.model == "res.partner" and trace.trace_status == "outgoing" and not trace.is_test_trace
                )
            )
            for kind, found in meant.grouped("trace_type").items():
                # sudo: counting is the system's
                self.env["crm.pressure"].sudo()._count(found.mapped("res_id"), CHANNEL_OF_TYPE[kind])
        return traces
