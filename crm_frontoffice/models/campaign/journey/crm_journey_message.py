from odoo import api, fields, models

from ...customer.consent.choices import CHANNELS

REASONS = [
    ("consent", "No consent"),
    ("address", "No address"),
    ("cap", "Had enough messages"),
    ("left", "Has left the journey"),
    ("goal", "Goal reached before"),
    ("error", "Could not be made"),
]
# What sends the messages of a channel.
QUEUES = {"mail": "mail.ir_cron_mail_scheduler_action", "sms": "sms.ir_cron_sms_scheduler_action"}


class CrmJourneyMessage(models.Model):
    """The outbox: one row for each participant and message step, which makes a second message impossible.

    A row is written with the step of the participant; the message itself is made in the same transaction in which the
    row is noted as handed over.
    """

    _name = "crm.journey.message"
    _description = "Message of a Journey"
    _order = "id desc"
    _rec_name = "partner_id"
    _log_access = False

    journey_id = fields.Many2one("crm.journey", required=True, readonly=True, index=True, ondelete="cascade")
    participant_id = fields.Many2one("crm.journey.participant", required=True, readonly=True, ondelete="cascade")
    step_id = fields.Many2one("crm.journey.step", required=True, readonly=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    state = fields.Selection(
        [("queued", "Waiting"), ("handed", "Handed over"), ("skipped", "Not sent"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="queued",
    )
    reason = fields.Selection(REASONS, readonly=True)
    error = fields.Char(readonly=True)
    date_queued = fields.Datetime("Decided", required=True, readonly=True)
    date_handed = fields.Datetime("Handed Over", readonly=True)
    trace_ids = fields.One2many("mailing.trace", "journey_message_id", "Traces")
    trace_status = fields.Selection(related="trace_ids.trace_status", string="Delivery")

    _once = models.UniqueIndex("(participant_id, step_id)")
    _queued_idx = models.Index("(step_id, id) WHERE state = 'queued'")
    _state_idx = models.Index("(step_id, state, reason)")

    def action_retry(self):
        """Try failed messages again."""
        self.check_access("read")
        self.env["crm.journey"].check_access("write")
        # sudo: the outbox is the system's; who makes journeys may have messages tried again
        failed = self.sudo().filtered(lambda row: row.state == "failed")
        failed.write({"state": "queued", "reason": False, "error": False})
        failed.step_id._request_handing()

    @api.model
    def _request_lost(self):
        """Ask for a job for what waits though its job was lost, and for the queues of what is made but not sent.

        Odoo lets a queue rest for an hour that was broken off three times, as by a server that is killed.
        """
        steps = self._read_group([("state", "=", "queued"), ("channel", "!=", "post")], ["step_id"])
        self.env["crm.journey.step"].union(*(step for [step] in steps))._request_handing()
        unsent = self.env["mailing.trace"]._read_group(
            [("journey_message_id", "!=", False), ("trace_status", "=", "outgoing")], ["trace_type"]
        )
        for [channel] in unsent:
            self.env.ref(QUEUES[channel])._trigger()
