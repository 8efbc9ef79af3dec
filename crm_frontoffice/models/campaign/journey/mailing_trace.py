from odoo import fields, models


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    journey_message_id = fields.Many2one("crm.journey.message", readonly=True, ondelete="set null")

    # What the safety net looks for every few minutes.
    _journey_unsent_idx = models.Index(
        "(trace_type) WHERE trace_status = 'outgoing' AND journey_message_id IS NOT NULL"
    )
    # The last wall against a second message, whatever goes wrong above it.
    _journey_message_unique = models.UniqueIndex("(journey_message_id) WHERE journey_message_id IS NOT NULL")
