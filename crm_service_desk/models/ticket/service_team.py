import ast

from odoo import api, fields, models
from odoo.fields import Domain


class ServiceTeam(models.Model):
    """People who answer together, with an address of their own and the hours in which they work."""

    _name = "service.team"
    _inherit = ["mail.alias.mixin", "mail.thread"]
    _description = "Service Team"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users", "Team Leader", check_company=True, tracking=True, domain=[("share", "=", False)]
    )
    member_ids = fields.Many2many("res.users", string="Members", check_company=True, domain=[("share", "=", False)])
    calendar_id = fields.Many2one(
        "resource.calendar", "Working Hours", check_company=True, help="Empty: those of the company."
    )
    sla_policy_id = fields.Many2one(
        "service.sla.policy",
        "SLA Policy",
        check_company=True,
        help="Holds for all tickets of the team. Empty: the first policy of the list that fits.",
    )
    assignment = fields.Selection(
        [("manual", "By hand"), ("round_robin", "In turn"), ("load", "Least in hand")],
        required=True,
        default="manual",
        help="How new tickets find their agent. Capacity, skills and absence always count.",
    )
    assigns_in_hours = fields.Boolean("Only to Who Works Now", default=True)
    reassigns_absent = fields.Boolean(
        "Take from Who is Away", help="Tickets in the hands of somebody who is away look for another agent."
    )
    rating_template_id = fields.Many2one(
        "mail.template",
        "Satisfaction",
        domain=[("model", "=", "service.ticket")],
        help="Asks the customer how it went. Empty: nobody is asked.",
    )
    rating_delay_hours = fields.Integer("Ask after (hours)", default=24)
    rating_pause_days = fields.Integer("Ask a Person Again after (days)", default=30)
    receipt_template_id = fields.Many2one(
        "mail.template",
        "Receipt",
        domain=[("model", "=", "service.ticket")],
        help="Sent to whoever writes, at most a few times a day. Empty: nothing is sent.",
    )
    has_public_form = fields.Boolean(
        "Public Form", help="Visitors without a login may write to this team at the address /support."
    )
    grace_days = fields.Integer(
        "Days of Grace",
        default=7,
        help="Solved tickets are closed after so many days. Until then an answer reopens, later it opens a new ticket.",
    )
    waiting_days = fields.Integer(
        "Days to Wait for the Customer", help="Then the ticket counts as solved. 0: we wait for ever."
    )
    alias_id = fields.Many2one(help="Messages to this address become tickets of the team.")
    open_count = fields.Integer("Open", compute="_compute_counts")
    unassigned_count = fields.Integer("Unassigned", compute="_compute_counts")
    missed_count = fields.Integer("SLA Missed", compute="_compute_counts")
    due_count = fields.Integer("Due Today", compute="_compute_counts")
    waiting_count = fields.Integer("Customer Waits", compute="_compute_counts")
    paused_count = fields.Integer("We Wait", compute="_compute_counts")

    def _compute_counts(self):
        Ticket = self.env["service.ticket"]
        in_teams = Domain("team_id", "in", self.ids)
        for name, domain in Ticket._get_queues().items():
            if (field := f"{name}_count") in self._fields:
                counts = dict(Ticket._read_group(domain & in_teams, ["team_id"], ["__count"]))
                for team in self:
                    team[field] = counts.get(team, 0)

    @api.constrains("calendar_id")
    def _check_calendar(self):
        self.calendar_id._check_fit_for_sla()

    def write(self, vals):
        result = super().write(vals)
        if {"calendar_id", "sla_policy_id"} & vals.keys():
            self.env["service.ticket"]._sla_mark_stale([("team_id", "in", self.ids)])
        return result

    def action_open_queue(self):
        """Open the tickets behind a counter; the context names the queue, so that list and number agree."""
        self.ensure_one()
        queues = self.env["service.ticket"]._get_queues()
        queue = queues.get(self.env.context.get("queue"), queues["open"])
        action = self.env["ir.actions.actions"]._for_xml_id("crm_service_desk.service_ticket_action")
        action["display_name"] = self.name
        action["domain"] = list(queue & Domain("team_id", "=", self.id))
        action["context"] = {"default_team_id": self.id}
        return action

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("service.ticket")
        if self.id:
            values["alias_defaults"] = {**ast.literal_eval(self.alias_defaults or "{}"), "team_id": self.id}
        return values

    @api.model
    def _get_default(self, company):
        """The team that takes what nobody addressed to a team."""
        # sudo: a customer who opens a ticket may not read teams
        return self.sudo().search([("company_id", "=", company.id)], limit=1)
