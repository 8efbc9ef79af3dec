from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..sla.sla_clock import DONE, WAITING

CLOSE_BATCH = 200
MESSAGE_DATES = ("date_customer_message", "date_agent_message")
DEFAULT_GRACE = 7  # days, for tickets without a team


class ServiceLifeMixin(models.AbstractModel):
    """How a ticket ends: solved, closed after a time of grace, woken up by an answer, or followed by another one."""

    _name = "service.life.mixin"
    _description = "Life of a Ticket"

    phase_ids = fields.One2many(
        "service.ticket.phase", "ticket_id", "Phases", groups="crm_service_desk.group_service_desk_agent"
    )
    is_final = fields.Boolean("Closed for Good", compute="_compute_is_final", compute_sudo=True)
    reopen_count = fields.Integer("Reopened", readonly=True, copy=False, groups="base.group_user")
    follow_up_of_id = fields.Many2one(
        "service.ticket", "Follows", readonly=True, index="btree_not_null", copy=False, groups="base.group_user"
    )
    follow_up_ids = fields.One2many("service.ticket", "follow_up_of_id", "Follow-ups", groups="base.group_user")
    merged_into_id = fields.Many2one(
        "service.ticket", "Merged into", readonly=True, index="btree_not_null", copy=False, groups="base.group_user"
    )
    merged_ids = fields.One2many("service.ticket", "merged_into_id", "Merged Tickets", groups="base.group_user")
    date_customer_message = fields.Datetime("Last Word of the Customer", readonly=True, copy=False)
    date_agent_message = fields.Datetime("Our Last Answer", readonly=True, copy=False)
    date_waiting_since = fields.Datetime(
        "Customer Waits Since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The first message of the customer that nobody has answered.",
    )

    def _is_final(self, now):
        """Closed for longer than the time of grace: what the customer writes now is a new request."""
        self.ensure_one()
        return self.category == "closed" and self.date_closed + self._get_grace() < now

    @api.depends("category", "date_closed")
    def _compute_is_final(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.is_final = ticket._is_final(now)

    def _get_grace(self):
        return timedelta(days=self.team_id.grace_days if self.team_id else DEFAULT_GRACE)

    # ---- the customer writes

    def _on_customer_reply(self, message):
        """The customer waits again: his ticket goes on, or another one takes its place."""
        result = super()._on_customer_reply(message)
        now = fields.Datetime.now()
        tickets = self.sudo()  # sudo: the customer's message moves his ticket, which he may not write
        tickets.date_customer_message = now
        gone = tickets.filtered(lambda ticket: ticket.merged_into_id or ticket._is_final(now))
        for ticket in gone:
            ticket._pass_on(message)
        living = tickets - gone
        living.filtered(lambda ticket: not ticket.date_waiting_since).date_waiting_since = now
        living.filtered(lambda ticket: ticket.category in WAITING + DONE)._move_to("open")
        living._sla_start_cycles()
        return result

    def _pass_on(self, message):
        """What was said to a ticket that has gone goes to the one that took its place, made if there is none."""
        self.ensure_one()
        successor = self.merged_into_id or self.follow_up_ids.filtered(lambda ticket: not ticket.date_closed)[:1]
        if successor:
            return successor.message_post(
                body=message.body,
                author_id=message.author_id.id,
                email_from=message.email_from,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachment_ids=self._copy_attachments(message).ids,
            )
        return self._follow_up(message)

    def _follow_up(self, message):
        """A new ticket for what came too late for the old one."""
        ticket = self.create(
            {
                "name": self.name,
                "description": message.body,
                "partner_id": self.partner_id.id,
                "email_from": self.email_from,
                "company_id": self.company_id.id,
                "team_id": self.team_id.id,
                "category_id": self.category_id.id,
                "product_id": self.product_id.id,
                "channel": "email" if message.message_type == "email" else "portal",
                "follow_up_of_id": self.id,
            }
        )
        self._copy_attachments(message).write({"res_id": ticket.id})
        ticket._message_log(body=self.env._("Follows %(ticket)s, which is closed.", ticket=self._get_html_link()))
        return ticket

    def _copy_attachments(self, message):
        return self.env["ir.attachment"].union(
            *(attachment.copy({"res_model": self._name, "res_id": 0}) for attachment in message.attachment_ids)
        )

    # ---- background

    @api.model
    def _cron_close(self):
        """Close what has been solved for longer than the time of grace; solve what customers never came back to."""
        for find, category in ((self._find_grace_over, "closed"), (self._find_forgotten, "solved")):
            while tickets := find():
                tickets._move_to(category)
                if not self.env["ir.cron"]._commit_progress(len(tickets), remaining=len(find())):
                    return

    @api.model
    def _find_grace_over(self):
        days = self._get_days_by_team("closed", "grace_days") | {self.env["service.team"]: DEFAULT_GRACE}
        due = self._get_overdue_domain(days, lambda limit: Domain("date_closed", "<=", limit))
        return self.search(Domain("category", "=", "solved") & due, limit=CLOSE_BATCH, order="id")

    @api.model
    def _find_forgotten(self):
        """Neither the customer nor an agent has said anything for as many days as the team waits."""

        def is_silent(limit):
            since = Domain("phase_ids", "any", [("date_stop", "=", False), ("date_start", "<=", limit)])
            said = (Domain(name, "=", False) | Domain(name, "<=", limit) for name in MESSAGE_DATES)
            return since & Domain.AND(said)

        days = {team: number for team, number in self._get_days_by_team("solved", "waiting_days").items() if number}
        due = self._get_overdue_domain(days, is_silent)
        return self.search(Domain("category", "=", "waiting_customer") & due, limit=CLOSE_BATCH, order="id")

    @api.model
    def _get_days_by_team(self, category, name):
        """What each team says; a team without a stage of the category is left out, as its tickets could not move."""
        teams = self.env["service.team"].with_context(active_test=False).search([(name, ">=", 0)])
        stages = self.env["service.stage"]._get_first(category, teams)
        return {team: team[name] for team in teams if stages[team]}

    @api.model
    def _get_overdue_domain(self, days, make_domain):
        now = fields.Datetime.now()
        return Domain.OR(
            Domain("team_id", "=", team.id) & make_domain(now - timedelta(days=number)) for team, number in days.items()
        )
