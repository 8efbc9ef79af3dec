from odoo import fields, models


class CrmJourneyParticipant(models.Model):
    """A customer in a journey: where he is and when he goes on."""

    _name = "crm.journey.participant"
    _inherit = "crm.partner.merge.mixin"
    _description = "Participant of a Journey"
    _order = "id desc"
    _rec_name = "partner_id"
    _log_access = False

    _partner_merge_keys = (("journey_id", "partner_id", "round"),)
    _partner_merge_order = "CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, id"

    journey_id = fields.Many2one("crm.journey", required=True, readonly=True, ondelete="cascade")
    version_id = fields.Many2one("crm.journey.version", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    round = fields.Integer(required=True, readonly=True, default=1, aggregator=None, help="How often he has entered.")
    step_id = fields.Many2one("crm.journey.step", readonly=True, ondelete="restrict")
    state = fields.Selection(
        [
            ("waiting", "Under way"),
            ("done", "Through"),
            ("goal", "Goal reached"),
            ("exited", "Left"),
            ("control", "Control group"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    reason = fields.Selection(
        [
            ("event", "An event ended it"),
            ("segment", "Belongs to a segment that ends it"),
            ("gone", "The customer is archived"),
            ("stopped", "The journey was stopped"),
            ("cause", "Its cause has ended"),
            ("hand", "By hand"),
        ],
        readonly=True,
    )
    date_entered = fields.Datetime("Entered", required=True, readonly=True)
    date_started = fields.Datetime("Began to Wait", readonly=True)
    date_due = fields.Datetime("Goes On", readonly=True)
    date_ended = fields.Datetime("Ended", readonly=True)
    event_id = fields.Many2one("crm.event", "Brought by", readonly=True, index="btree_not_null", ondelete="set null")
    held_count = fields.Integer("Held Back", readonly=True, aggregator="sum", help="How often a limit let him wait.")
    held_reason = fields.Selection(
        [("cap", "Had enough messages"), ("quiet", "Quiet hours")], "Held Back Because", readonly=True
    )

    _one_per_round = models.UniqueIndex("(journey_id, partner_id, round)")
    _due_idx = models.Index("(step_id, date_due, id) WHERE state = 'waiting'")
    _state_idx = models.Index("(journey_id, state)")

    def _leave(self, state, reason):
        self.filtered(lambda row: row.state == "waiting").write(
            {"state": state, "reason": reason, "date_ended": fields.Datetime.now(), "step_id": False}
        )

    def action_leave(self):
        """Let customers out of the journey."""
        self.check_access("write")
        # sudo: who may write participants may let them out; their fields are the system's
        self.sudo()._leave("exited", "hand")
