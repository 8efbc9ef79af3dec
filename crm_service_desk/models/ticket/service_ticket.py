from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL

from ..choices import CHANNELS
from ..sla.sla_clock import DONE, WAITING

# What decides which policy holds, and which of its targets.
SLA_FIELDS = {
    "priority",
    "team_id",
    "company_id",
    "partner_id",
    "type_id",
    "category_id",
    "product_id",
    "impact",
    "urgency",
}
RPC_PATHS = ("/json/2/", "/xmlrpc", "/jsonrpc")


class ServiceTicket(models.Model):
    """A customer's request that somebody has promised to answer in time."""

    _name = "service.ticket"
    _inherit = [
        "service.assignment.mixin",
        "service.knowledge.mixin",
        "service.measure.mixin",
        "service.rating.mixin",
        "service.receipt.mixin",
        "service.life.mixin",
        "service.relation.mixin",
        "service.subject.mixin",
        "service.intake.mixin",
        "service.sla.mixin",
        "crm.event.source",
        "mail.activity.mixin",
        "portal.mixin",
        "crm.text.search.mixin",
    ]
    _description = "Ticket"
    _order = "priority desc, id desc"
    _rec_names_search = ["name", "number"]
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char("Subject", required=True, tracking=True, index="trigram")
    description = fields.Html()
    channel = fields.Selection(CHANNELS, required=True, default=lambda self: self._default_channel(), readonly=True)

    partner_id = fields.Many2one("res.partner", "Customer", index=True, tracking=True, check_company=True)
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company of the Customer",
        store=True,
        index=True,
        precompute=True,
    )
    res_model = fields.Char("Source Model", readonly=True, groups="base.group_user")
    res_id = fields.Many2oneReference("Source Record", model_field="res_model", readonly=True, groups="base.group_user")

    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    team_id = fields.Many2one(
        "service.team", index=True, tracking=True, check_company=True, default=lambda self: self._default_team()
    )
    interaction_id = fields.Many2one(
        "crm.interaction", "Call", readonly=True, index="btree_not_null", ondelete="set null", groups="base.group_user"
    )
    origin_channel_id = fields.Many2one(
        "discuss.channel", "Chat", readonly=True, index="btree_not_null", groups="base.group_user"
    )
    user_id = fields.Many2one(
        "res.users",
        "Agent",
        index=True,
        tracking=True,
        check_company=True,
        domain=[("share", "=", False)],
    )
    stage_id = fields.Many2one(
        "service.stage",
        index=True,
        tracking=True,
        compute="_compute_stage_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        group_expand="_read_group_expand_full",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    category = fields.Selection(related="stage_id.category", string="State", store=True, index=True, precompute=True)
    date_opened = fields.Datetime(
        "Opened", required=True, readonly=True, default=fields.Datetime.now, copy=False, help="The clocks start here."
    )
    date_closed = fields.Datetime(
        "Ended", compute="_compute_date_closed", store=True, help="When it was solved, or closed unsolved."
    )
    is_solve_allowed = fields.Boolean(compute="_compute_allowed")
    is_reopen_allowed = fields.Boolean(compute="_compute_allowed")

    _open_idx = models.Index("(priority DESC, id DESC) WHERE date_closed IS NULL")
    _source_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _created_idx = models.Index("(create_date)")
    _receipt_idx = models.Index("(id) WHERE is_receipt_due")

    @api.model
    def _default_channel(self):
        """Calls from other systems are told apart from people at the screen by the address they use."""
        return "rpc" if request and request.httprequest.path.startswith(RPC_PATHS) else "staff"

    @api.model
    def _default_team(self):
        Team = self.env["service.team"]
        company = Domain("company_id", "=", self.env.company.id)
        return Team.search(company & Domain("member_ids", "in", self.env.uid), limit=1) or Team.search(company, limit=1)

    @api.depends("team_id")
    def _compute_stage_id(self):
        first = self.env["service.stage"]._get_first("new", self.team_id)
        for ticket in self:
            teams = ticket.stage_id.team_ids
            if not ticket.stage_id or (teams and ticket.team_id not in teams):
                ticket.stage_id = first[ticket.team_id]

    @api.depends("category")
    def _compute_date_closed(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.date_closed = (ticket.date_closed or now) if ticket.category in DONE else False

    @api.depends("category")
    def _compute_allowed(self):
        for ticket in self:
            ticket.is_reopen_allowed = ticket.category in DONE
            ticket.is_solve_allowed = not ticket.is_reopen_allowed

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = f"{ticket.number} {ticket.name}" if ticket.number else ticket.name

    def _compute_access_url(self):
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"

    # ---- records

    @api.model_create_multi
    def create(self, vals_list):
        numbers = self._next_numbers(len(vals_list))
        for vals, number in zip(vals_list, numbers, strict=True):
            opened = vals.get("date_opened") or fields.Datetime.now()
            # What a rule has opened nobody has asked.
            vals.update(number=number, date_waiting_since=vals.get("channel") != "rule" and opened)
        tickets = super().create(vals_list)
        tickets._subscribe_customers()
        # sudo: the history of states is the system's
        self.env["service.ticket.phase"].sudo()._begin(tickets.sudo())
        tickets._sla_rematch()
        tickets.invalidate_recordset(["phase_ids"], flush=False)
        tickets._plan_receipts()
        tickets._plan_assignment()
        tickets._log_event("ticket_opened")
        return tickets

    def write(self, vals):
        is_move = bool({"stage_id", "team_id"} & vals.keys())
        categories = {ticket: ticket.category for ticket in self} if is_move else {}
        customers = {ticket: ticket.partner_id for ticket in self} if "partner_id" in vals else {}
        result = super().write(vals)
        if is_move:
            self._on_moved(categories)
        if SLA_FIELDS & vals.keys():
            self.filtered(lambda ticket: ticket.category not in DONE)._sla_rematch()
        if customers:
            self._on_customer_changed(customers)
        return result

    @api.model
    def _next_numbers(self, count):
        """Draw several numbers from the sequence in one query."""
        sequence_id = self.env["ir.model.data"]._xmlid_to_res_id("crm_service_desk.sequence_service_ticket", True)
        # sudo: numbers are the system's; whoever may open a ticket gets one
        sequence = self.env["ir.sequence"].sudo().browse(sequence_id)
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count)
        )
        return [sequence.get_next_char(row[0]) for row in rows]

    def _on_moved(self, categories):
        """Tell the log, and have the clocks follow, where the category changed."""
        moved = self.filtered(lambda ticket: ticket.category != categories[ticket])
        if not moved:
            return
        now = fields.Datetime.now()
        # sudo: the history of states is the system's
        secret = moved.sudo()
        self.env["service.ticket.phase"].sudo()._turn(secret, now)  # sudo: as above
        secret.filtered(lambda ticket: ticket.category in DONE).date_waiting_since = False
        moved._get_sla_rows()._follow_category(now)
        moved.filtered(lambda ticket: ticket.category == "solved")._log_event("ticket_solved")
        moved.filtered(lambda ticket: ticket.category == "closed")._log_event("ticket_closed")
        reopened = moved.filtered(lambda ticket: categories[ticket] in DONE and ticket.category not in DONE)
        for ticket in reopened.sudo():  # sudo: counted whoever reopened it
            ticket.reopen_count += 1
        secret.filtered(lambda ticket: ticket.category in DONE)._measure()
        reopened._log_event("ticket_reopened")

    def _prepare_event_values(self):
        """The log's salesperson is the customer's; the ticket's agent and service team mean something else there."""
        values = {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.commercial_partner_id.user_id.id,
            "payload": {"number": self.number},
        }
        return {column: value for column, value in values.items() if value}

    @api.model
    def _get_text_search_fields(self):
        return ["name", "number", "email_from", "description"]

    @api.model
    def _get_event_search_fields(self):
        return ["name", "number"]

    @api.model
    def _get_name_sql(self, alias, query):
        number, name = (self._field_to_sql(alias, field, query) for field in ("number", "name"))
        return SQL("CONCAT_WS(' ', %s, %s)", number, name)

    # ---- queues: one definition for filters, counters and the lists they open

    @api.model
    def _get_queues(self):
        is_open = Domain("date_closed", "=", False)
        return {
            "open": is_open,
            "mine": is_open & Domain("user_id", "=", self.env.uid),
            "unassigned": is_open & Domain("user_id", "=", False),
            "missed": is_open & Domain("sla_state", "=", "missed"),
            "due": is_open & Domain("date_deadline", "<", "today +1d"),
            "waiting": is_open & Domain("date_waiting_since", "!=", False),
            "paused": is_open & Domain("category", "in", WAITING),
        }

    # ---- what people do

    def action_solve(self):
        self._check_allowed("is_solve_allowed", self.env._("These tickets have ended already: %(tickets)s."))
        self._move_to("solved")

    def action_reopen(self):
        self._check_allowed("is_reopen_allowed", self.env._("These tickets are open: %(tickets)s."))
        self._move_to("open")

    def action_assign_to_me(self):
        self.user_id = self.env.user

    def action_open_next(self):
        """Take the ticket that is most worth working on: what is late or due first, then what is most urgent.

        On a ticket: another one than this.
        """
        others = Domain("id", "not in", self.ids)
        mine = Domain("user_id", "in", [self.env.uid, False]) & Domain("category", "in", ("new", "open"))
        member = Domain("team_id.member_ids", "in", self.env.uid) | Domain("user_id", "=", self.env.uid)
        order = "date_deadline NULLS LAST, priority DESC, date_waiting_since NULLS LAST, id"
        ticket = self.search(others & mine & member & Domain("date_closed", "=", False), order=order, limit=1)
        if not ticket:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"type": "success", "message": self.env._("Nothing is left to do.")},
            }
        ticket.filtered(lambda found: not found.user_id).action_assign_to_me()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": ticket.id,
            "views": [(False, "form")],
        }

    def note_presence(self):
        """The names of those who have this ticket open too; called by the form every now and then."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            return []
        return self.env["service.ticket.viewer"]._note(self).mapped("name")

    def action_open_source(self):
        """Open the document that the ticket is about; its own access rules decide."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists() if self.res_model in self.env else None
        if not record:
            raise UserError(self.env._("The document that this ticket was about is gone."))
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _check_allowed(self, field, message):
        if refused := self.filtered(lambda ticket: not ticket[field]):
            raise UserError(message % {"tickets": ", ".join(refused.mapped("number"))})

    def _move_to(self, category):
        """Put tickets into the first stage of a category, team by team."""
        if not self:
            return
        stages = self.env["service.stage"]._get_first(category, self.team_id)
        for team, tickets in self.grouped("team_id").items():
            if not stages[team]:
                raise UserError(self.env._("No stage of the category %(category)s serves the team.", category=category))
            tickets.stage_id = stages[team]

    # ---- correspondence and clocks

    def _on_agent_answer(self):
        now = fields.Datetime.now()
        tickets = self.sudo()  # sudo: the answer is recorded whoever of the staff gave it
        tickets.filtered(lambda ticket: not ticket.date_first_answer).date_first_answer = now
        tickets.write({"date_agent_message": now, "date_waiting_since": False})
        for ticket in tickets:
            ticket.answer_count += 1
        tickets._sla_answered(now)
        tickets.filtered(lambda ticket: ticket.category == "new")._move_to("open")
        tickets._log_event("ticket_answered")

    def _tell_sla_missed(self, metric):
        """Once per ticket and promise: an event in the log, and something to do for the team leader."""
        self._log_event("sla_missed", key=metric, payload={"metric": metric})
        names = dict(self.env["service.sla.status"]._fields["metric"]._description_selection(self.env))
        for user, tickets in self.grouped(lambda ticket: ticket.team_id.user_id or ticket.user_id).items():
            if user and user.has_group("crm_service_desk.group_service_desk_agent"):
                tickets.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("SLA missed: %(metric)s", metric=names[metric]),
                    user_id=user.id,
                )
