from odoo import fields, models


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    journey_message_id = fields.Many2one("crm.journey.message", readonly=True, ondelete="set null")

    # The last wall against a second message, whatever goes wrong above it.
    _journey_message_unique = models.UniqueIndex("(journey_message_id) WHERE journey_message_id IS NOT NULL")
