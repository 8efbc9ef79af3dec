from odoo import api, fields, models
from odoo.exceptions import ValidationError

METRIC_NAMES = [
    ("first_answer", "First answer"),
    ("next_answer", "Next answer"),
    ("update", "Update"),
    ("solution", "Solution"),
]


class ServiceSlaLevel(models.Model):
    """A level of escalation: when a part of the promised time has passed, somebody is told or takes over."""

    _name = "service.sla.level"
    _description = "Escalation Level"
    _order = "policy_id, percent, id"
    _rec_name = "percent"

    policy_id = fields.Many2one("service.sla.policy", required=True, index=True, ondelete="cascade")
    metric = fields.Selection(METRIC_NAMES, help="Empty: every promise.")
    percent = fields.Integer(
        "At (%)", required=True, default=80, help="Of the promised working time; 100 is the deadline itself."
    )
    recipient = fields.Selection(
        [("agent", "Agent"), ("leader", "Team leader"), ("user", "These people")], required=True, default="leader"
    )
    user_ids = fields.Many2many("res.users", string="People", domain=[("share", "=", False)])
    action = fields.Selection(
        [
            ("activity", "Something to do"),
            ("note", "Note with a notification"),
            ("priority", "Raise the priority"),
            ("assign", "Hand the ticket over"),
        ],
        required=True,
        default="activity",
    )

    _percent_positive = models.Constraint(
        "CHECK(percent BETWEEN 1 AND 1000)", "A level is reached between 1 % and 1000 % of the promised time."
    )

    @api.constrains("recipient", "user_ids")
    def _check_users(self):
        if self.filtered(lambda level: level.recipient == "user" and not level.user_ids):
            raise ValidationError(self.env._("Say who is told at this level."))

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        levels.policy_id._mark_stale()
        return levels

    def write(self, vals):
        result = super().write(vals)
        if {"metric", "percent", "policy_id"} & vals.keys():
            self.policy_id._mark_stale()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_mark_stale(self):
        self.policy_id._mark_stale()

    def _get_recipients(self, ticket):
        """Who is told about a ticket; the leader where it has no agent."""
        self.ensure_one()
        leader = ticket.team_id.user_id
        if self.recipient == "user":
            return self.user_ids
        return (ticket.user_id or leader) if self.recipient == "agent" else leader

    def _carry_out(self, statuses):
        """Act on the tickets of promises that have come to this level."""
        self.ensure_one()
        names = dict(self._fields["metric"]._description_selection(self.env))
        for metric, rows in statuses.grouped("metric").items():
            text = self.env._("%(percent)s %% of the time for: %(metric)s", percent=self.percent, metric=names[metric])
            getattr(self, f"_carry_out_{self.action}")(rows.ticket_id, text)

    def _carry_out_activity(self, tickets, text):
        groups = {}
        for ticket in tickets:
            for user in self._get_recipients(ticket):
                groups.setdefault(user, tickets.browse())
                groups[user] += ticket
        for user, some in groups.items():
            some.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=user.id
            )

    def _carry_out_note(self, tickets, text):
        for ticket in tickets:
            ticket.message_notify(
                partner_ids=self._get_recipients(ticket).partner_id.ids,
                subject=ticket.display_name,
                body=text,
                author_id=self.env.ref("base.partner_root").id,
            )

    def _carry_out_priority(self, tickets, _text):
        for priority, some in tickets.filtered(lambda ticket: ticket.priority < "3").grouped("priority").items():
            some.priority = str(int(priority) + 1)

    def _carry_out_assign(self, tickets, text):
        for user, some in tickets.grouped(lambda ticket: self._get_recipients(ticket)[:1]).items():
            if user:
                some.user_id = user
        self._carry_out_activity(tickets, text)
