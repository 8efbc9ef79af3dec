from odoo import api, fields, models

from .policy_rule import Facts
from .sla_clock import CYCLES, DONE

SLA_STATES = [
    ("missed", "Missed"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
]


class ServiceSlaMixin(models.AbstractModel):
    """The promises of a ticket: which hold for it, when the next one is due, and whether they were kept."""

    _name = "service.sla.mixin"
    _description = "Record with Promised Times"

    sla_status_ids = fields.One2many("service.sla.status", "ticket_id", "SLA", groups="base.group_user")
    date_deadline = fields.Datetime(
        "Deadline", compute="_compute_sla", store=True, groups="base.group_user", help="The next promise that is due."
    )
    sla_state = fields.Selection(SLA_STATES, "SLA State", compute="_compute_sla", store=True, groups="base.group_user")
    is_sla_stale = fields.Boolean(
        compute="_compute_is_sla_stale",
        groups="base.group_user",
        help="A policy or a calendar changed: the cron sets the clocks anew.",
    )
    sla_label = fields.Char("Time Left", compute="_compute_sla_label", groups="base.group_user")
    is_sla_late = fields.Boolean("Late", compute="_compute_sla_label", groups="base.group_user")

    @api.depends("sla_status_ids.state", "sla_status_ids.date_deadline")
    def _compute_sla(self):
        order = [state for state, _name in SLA_STATES]
        for ticket in self:
            states = set(ticket.sla_status_ids.mapped("state"))
            ticket.sla_state = next((state for state in order if state in states), False)
            running = ticket.sla_status_ids.filtered(lambda row: row.state == "running" and row.date_deadline)
            ticket.date_deadline = min(running.mapped("date_deadline"), default=False)

    @api.depends("sla_state", "date_deadline")
    @api.depends_context("lang")
    def _compute_sla_label(self):
        now = fields.Datetime.now()
        for ticket in self:
            # The watch that records missed promises comes by every few minutes; the eye should not wait for it.
            passed = ticket.date_deadline and ticket.date_deadline < now
            ticket.is_sla_late = passed or ticket.sla_state == "missed"
            if ticket.date_deadline and not passed:
                ticket.sla_label = self._format_duration(ticket.date_deadline - now)
            elif ticket.is_sla_late:
                ticket.sla_label = self.env._("SLA missed")
            elif ticket.sla_state == "paused":
                ticket.sla_label = self.env._("Paused")
            else:
                ticket.sla_label = False

    @api.model
    def _format_duration(self, duration):
        minutes = int(duration.total_seconds() // 60)
        days, hours = divmod(minutes // 60, 24)
        if days:
            return self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        if hours:
            return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes % 60)
        return self.env._("%(minutes)s min", minutes=minutes)

    def _get_sla_rows(self):
        # sudo: clocks belong to the system; the mail gateway and customers move them, agents only read them
        return self.sudo().sla_status_ids

    @api.model
    def _sla_mark_stale(self, domain):
        """Open tickets take part in a change of policies or calendars; the cron does the work."""
        # sudo: who may edit a calendar or a policy need not be allowed to see the tickets it holds for
        query = self.sudo()._search([("date_closed", "=", False), *domain])
        if self.env["service.sla.stale"]._mark(query):
            # sudo: only the system may touch crons
            self.env.ref("crm_service_desk.ir_cron_sla").sudo()._trigger()

    def _compute_is_sla_stale(self):
        # sudo: see _get_sla_rows
        stale = self.env["service.sla.stale"].sudo().search([("ticket_id", "in", self.ids)]).ticket_id
        for ticket in self:
            ticket.is_sla_stale = ticket.id in stale._ids

    @api.model
    def _sla_find_stale(self):
        return self.env["service.sla.stale"]._find()

    def _sla_settle(self):
        """Stale tickets: set their clocks anew."""
        self.env["service.sla.stale"]._unmark(self)
        self._sla_rematch()

    def _sla_rematch(self):
        """Give every ticket the promises of the policy that fits it now, keeping start and pauses of its clocks."""
        now = fields.Datetime.now()
        tickets = self.sudo()  # sudo: see _get_sla_rows
        policies = self.env["service.sla.policy"]._match(tickets)
        to_create, kept, changes = [], [], {}
        for ticket in tickets:
            wanted = ticket._prepare_sla_values(policies[ticket])
            for row in ticket.sla_status_ids:
                # What came up again and again, and was settled, is history.
                is_history = row.metric in CYCLES and row.date_reached
                values = None if is_history else wanted.pop(row.metric, None)
                if values or row.date_reached:
                    kept.append(row.id)
                if values and not row.date_reached:
                    changes[row] = values
            to_create += [{"ticket_id": ticket.id, "metric": metric, **wanted[metric]} for metric in wanted]
        Status = tickets.sla_status_ids
        kept = Status.browse(kept)
        (Status - kept).unlink()
        Status._write_changes(changes)
        created = Status.create(Status._complete_deadlines(to_create))
        pending = kept.filtered(lambda row: not row.date_reached)
        pending._set_deadlines()
        (pending + created)._catch_up()
        pending._judge_open(now)
        created._follow_category(now)

    def _get_sla_facts(self):
        """What policies look at."""
        self.ensure_one()
        customer = self.commercial_partner_id
        return Facts(
            company=self.company_id.id,
            team=self.team_id.id,
            customer=customer.id,
            tier=customer.service_tier_id.id,
            type=self.type_id.id,
            category_path=self.category_id.parent_path or "",
            product_path=self.product_id.categ_id.parent_path or "",
        )

    def _prepare_sla_values(self, policy):
        """Values of this ticket's clocks by metric."""
        self.ensure_one()
        calendar = policy._get_calendar(self)
        starts = {
            "first_answer": self.date_opened,
            "next_answer": self.date_first_answer and self.date_waiting_since,
            "update": self.category not in DONE and (self.date_agent_message or self.date_opened),
            "solution": self.date_opened,
        }
        return {
            metric: {
                "policy_id": policy.id,
                "calendar_id": calendar.id,
                "target_minutes": minutes,
                "date_start": starts[metric],
            }
            for metric, minutes in policy._get_rule().minutes.get(self.priority, {}).items()
            if starts[metric]
        }

    def _sla_answered(self, now):
        """An answer left for the customer: it keeps every promise to write to him, and the next one begins."""
        rows = self._get_sla_rows().filtered(lambda row: row.metric != "solution")
        rows._reach(now)
        rows.flush_recordset(["date_reached"])  # before the next ones: only one of a kind may be open
        self._sla_start_cycles()

    def _sla_start_cycles(self):
        """Begin what a policy promises after each message."""
        cyclic = self.filtered(
            lambda ticket: any(row.policy_id._get_rule().promises_cycles for row in ticket._get_sla_rows())
        )
        if cyclic:
            cyclic._sla_rematch()
