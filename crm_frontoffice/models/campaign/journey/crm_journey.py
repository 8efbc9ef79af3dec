from ast import literal_eval

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ....conditions import check_fields_readable
from ....contexts import is_simulated
from ..chance import bucket_sql

MOST_AT_ONCE = 10_000  # partners of one call


class CrmJourney(models.Model):
    """What a customer goes through step by step: messages, calls, waits and decisions, until a goal is reached."""

    _name = "crm.journey"
    _inherit = ["crm.cached.mixin", "mail.thread"]
    _description = "Journey"
    _order = "sequence, name, id"

    _cached_fields = frozenset({"state", "active", "entry", "entry_type_id"})

    name = fields.Char(required=True, translate=True, tracking=True)
    description = fields.Char(translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        "Priority", default=10, help="Of two journeys with a message at once the first goes first."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("paused", "Paused"), ("stopped", "Stopped")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    user_id = fields.Many2one("res.users", "Responsible", required=True, default=lambda self: self.env.user)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null", ondelete="restrict")
    purpose_id = fields.Many2one(
        "crm.consent.purpose",
        ondelete="restrict",
        help="Messages go only to who allows this purpose over their channel.",
    )
    is_limit_ignored = fields.Boolean(
        "Goes Beyond Limits", help="Neither limits nor quiet hours hold its messages back."
    )
    entry = fields.Selection(
        [("manual", "By hand, rule or call"), ("segment", "Enters a segment"), ("event", "Something happens")],
        required=True,
        default="manual",
    )
    entry_segment_id = fields.Many2one("crm.segment", "Segment", index="btree_not_null", ondelete="restrict")
    entry_type_id = fields.Many2one("crm.event.type", "Event", index="btree_not_null", ondelete="restrict")
    entry_domain = fields.Char("Only Customers", default="[]")
    reentry = fields.Selection(
        [("never", "Only once"), ("after", "Again when he is through"), ("always", "Again at any time")],
        required=True,
        default="never",
    )
    goal_type_id = fields.Many2one(
        "crm.event.type",
        "Goal",
        ondelete="restrict",
        help="When this happens the goal is reached and the journey ends.",
    )
    exit_segment_id = fields.Many2one(
        "crm.segment", "Leaves When In", ondelete="restrict", help="Who belongs to this segment leaves the journey."
    )
    exit_type_ids = fields.Many2many(
        "crm.event.type", "crm_journey_exit_rel", string="Leaves On", help="When one of these happens the journey ends."
    )
    control_percent = fields.Float(
        "Control Group %", help="So many are noted but get nothing, so that the effect can be measured."
    )
    version_ids = fields.One2many("crm.journey.version", "journey_id", "Versions")
    version_id = fields.Many2one("crm.journey.version", "Running Version", readonly=True, copy=False)
    draft_id = fields.Many2one("crm.journey.version", compute="_compute_draft_id")
    participant_ids = fields.One2many("crm.journey.participant", "journey_id")
    waiting_count = fields.Integer("Under Way", compute="_compute_counts")
    done_count = fields.Integer("Through", compute="_compute_counts")
    goal_count = fields.Integer("Goal Reached", compute="_compute_counts")
    control_count = fields.Integer("Control Group", compute="_compute_counts")
    flow = fields.Json(compute="_compute_flow")

    _control_range = models.Constraint(
        "CHECK (control_percent >= 0 AND control_percent <= 90)", "The control group is from 0 to 90 percent."
    )

    @api.depends("version_ids.state")
    def _compute_draft_id(self):
        for journey in self:
            journey.draft_id = journey.version_ids.filtered(lambda version: version.state == "draft")[:1]

    def _compute_counts(self):
        groups = self.env["crm.journey.participant"]._read_group(
            [("journey_id", "in", self.ids)], ["journey_id", "state"], ["__count"]
        )
        counts = {(journey.id, state): count for journey, state, count in groups}
        for journey in self:
            for state in ("waiting", "done", "goal", "control"):
                journey[f"{state}_count"] = counts.get((journey.id, state), 0)

    @api.depends("version_ids.step_ids", "version_id", "state")
    @api.depends_context("lang")
    def _compute_flow(self):
        for journey in self:
            journey.flow = (journey.draft_id or journey.version_id)._prepare_flow()

    # ---- what may be set

    @api.constrains("entry", "entry_segment_id", "entry_type_id", "entry_domain")
    def _check_entry(self):
        for journey in self:
            needed = {"segment": journey.entry_segment_id, "event": journey.entry_type_id}
            if not needed.get(journey.entry, True):
                raise ValidationError(self.env._("%(journey)s: say how customers enter.", journey=journey.name))
            try:
                domain = journey._parse_entry_domain()
                domain.validate(self.env["res.partner"])
                check_fields_readable(self.env["res.partner"], domain)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("%(name)s: the condition cannot be used: %(error)s", name=journey.name, error=error)
                ) from error

    @api.constrains("entry_type_id", "goal_type_id", "exit_type_ids")
    def _check_types(self):
        """Who is in a journey tells of the event: its author must be among those who may know."""
        types = self.entry_type_id | self.goal_type_id | self.exit_type_ids
        if types.filtered("is_personal") and not self.env.user.has_group("crm_frontoffice.group_personal_data"):
            raise ValidationError(self.env._("Personal facts are for those who may see them."))

    def _parse_entry_domain(self):
        return Domain(literal_eval(self.entry_domain or "[]"))

    @api.model_create_multi
    def create(self, vals_list):
        journeys = super().create(vals_list)
        missing = journeys.filtered(lambda journey: not journey.version_ids)
        self.env["crm.journey.version"].create([{"journey_id": journey.id} for journey in missing])
        return journeys

    def copy(self, default=None):
        copies = super().copy(default)
        for journey, copied in zip(self, copies, strict=True):
            steps = (journey.draft_id or journey.version_id)._copy_steps(copied.draft_id)
            copied.draft_id.start_id = steps.get((journey.draft_id or journey.version_id).start_id)
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self.filtered("participant_ids"):
            raise UserError(
                self.env._("Archive what customers went through: %(names)s.", names=", ".join(used.mapped("name")))
            )

    # ---- life

    def action_start(self):
        """Let customers enter the draft; those who are under way stay on their version."""
        self.check_access("write")
        for journey in self:
            if draft := journey.draft_id:
                draft._publish()
                journey.version_id = draft
            if not journey.version_id:
                raise UserError(self.env._("%(journey)s has no steps yet.", journey=journey.name))
        self.write({"state": "running"})
        self._enrol_segments()
        self._request_ticks()
        return True

    def action_pause(self):
        """Keep everybody where he is."""
        self.check_access("write")
        self.write({"state": "paused"})
        return True

    def action_stop(self):
        """Let everybody out who is under way."""
        self.check_access("write")
        self.write({"state": "stopped"})
        # sudo: participants are the system's; who may stop a journey may let them out
        waiting = self.sudo().participant_ids.filtered(lambda row: row.state == "waiting")
        waiting._leave("exited", "stopped")
        return True

    def action_edit(self):
        """Make a draft out of the running version."""
        self.check_access("write")
        for journey in self.filtered(lambda journey: not journey.draft_id):
            journey.version_id._copy_to_draft()
        return True

    def action_simulate(self):
        self.ensure_one()
        self.check_access("read")
        simulation = self.env["crm.journey.simulation"].create({"journey_id": self.id})
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_journey_simulation_action")
        return {**action, "res_id": simulation.id}

    def action_open_participants(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_journey_participant_action")
        return {**action, "domain": [("journey_id", "=", self.id)]}

    def action_open_messages(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_journey_message_action")
        return {**action, "domain": [("journey_id", "=", self.id)]}

    # ---- entering

    def enrol(self, partner_ids):
        """Let customers enter: for people and for external systems, any number of times.

        :return: dict with the number that `entered`, those of the control group among them
        """
        self.ensure_one()
        self.check_access("read")
        self.env["crm.journey.participant"].check_access("create")
        if not isinstance(partner_ids, (list, tuple)) or not all(type(number) is int for number in partner_ids):
            raise UserError(self.env._("Name the customers by their ids."))
        if len(partner_ids) > MOST_AT_ONCE:
            raise UserError(self.env._("At most %(count)s customers enter at once.", count=MOST_AT_ONCE))
        if self.state != "running":
            raise UserError(self.env._("%(journey)s is not running.", journey=self.name))
        partners = self.env["res.partner"].browse(partner_ids).exists()
        partners.check_access("read")
        return {
            "entered": len(self._enrol(SQL("SELECT unnest(%s) AS partner_id, NULL::int AS event_id", partners.ids)))
        }

    def _enrol(self, source, version=None):
        """Let in whom a query names, as far as they may enter (again); nobody enters twice, however often it is called.

        :param source: SQL of `partner_id` and the `event_id` that brings him
        :param version: another than the running one
        :return: the participants
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(self._insert_participants(source, version or self.version_id))
        self.env["crm.journey.participant"].invalidate_model()
        if rows:
            self._request_ticks()
        # sudo: participants are the system's, whoever caused the event that brings them
        return self.env["crm.journey.participant"].sudo().browse(row[0] for row in rows)

    def _insert_participants(self, source, version):
        """SQL that lets in whom the source names; those of the control group stand at no step."""
        return SQL(
            """INSERT INTO crm_journey_participant (
                   journey_id, version_id, partner_id, round, step_id, state, date_due, date_entered, event_id,
                   held_count)
               SELECT %(journey)s, %(version)s, given.partner_id, COALESCE(before.round, 0) + 1,
                      CASE WHEN %(is_control)s THEN NULL ELSE %(start)s END,
                      CASE WHEN %(is_control)s THEN 'control' ELSE 'waiting' END,
                      %(now)s, %(now)s, given.event_id, 0
                 FROM (SELECT partner_id, MIN(event_id) AS event_id FROM (%(source)s) AS named GROUP BY 1) AS given
                 LEFT JOIN LATERAL (
                      SELECT MAX(round) AS round, bool_or(state = 'waiting') AS under_way
                        FROM crm_journey_participant known
                       WHERE known.journey_id = %(journey)s AND known.partner_id = given.partner_id
                 ) AS before ON true
                WHERE %(again)s AND given.partner_id IN %(allowed)s
                ORDER BY given.partner_id
               ON CONFLICT (journey_id, partner_id, round) DO NOTHING
               RETURNING id""",
            journey=self.id,
            version=version.id,
            start=(version.start_id or version._find_start()).id,
            is_control=self._get_control(),
            now=fields.Datetime.now(),
            source=source,
            again=self._get_again(),
            allowed=self._select_allowed(),
        )

    def _get_control(self):
        """Hook: SQL of whether somebody who is `given` belongs to the control group."""
        chance = bucket_sql(f"journey-{self.id}", SQL("given.partner_id"))
        return SQL("%s < %s", chance, round(self.control_percent * 100))

    def _get_again(self):
        """SQL of whether somebody may enter, who has been in `before`."""
        if self.reentry == "always" or is_simulated(self.env):
            return SQL("true")
        return SQL("before.under_way IS NOT TRUE") if self.reentry == "after" else SQL("before.round IS NULL")

    def _select_allowed(self):
        system = self.with_env(self.env(user=SUPERUSER_ID, context={}))
        domain = system._parse_entry_domain() & Domain("company_id", "in", (False, self.company_id.id))
        return system.env["res.partner"]._search(domain).subselect()

    def _enrol_segments(self):
        """Let in the members of the segments who came since they were last in the journey."""
        for journey in self.filtered(lambda journey: journey.entry == "segment" and journey.state == "running"):
            journey._enrol(
                SQL(
                    """SELECT member.partner_id, NULL::int AS event_id FROM crm_segment_member member
                        WHERE member.segment_id = %s AND member.date_left IS NULL AND NOT EXISTS (
                              SELECT FROM crm_journey_participant known
                               WHERE known.journey_id = %s AND known.partner_id = member.partner_id
                                 AND known.date_entered >= member.date_entered)""",
                    journey.entry_segment_id.id,
                    journey.id,
                )
            )

    @api.model
    @tools.ormcache()
    def _get_listening_type_ids(self):
        """The event types by which customers enter, leave, reach a goal or go on: others cost nothing more."""
        # sudo: the log asks for the system, whoever causes the event
        running = self.sudo().search([("state", "in", ("running", "paused"))])
        # sudo: the same
        steps = self.env["crm.journey.step"].sudo().search([("version_id.journey_id", "in", running.ids)])
        return frozenset((running.entry_type_id | steps._get_awaited_types()).ids)

    # ---- running

    def _request_ticks(self):
        # sudo: the engine is the system's
        due = self.env["crm.journey.step"].sudo()._get_due_steps(self)
        due._request_tick()

    @api.model
    def _cron_tick(self):
        """Go on with whoever's wait is over, and a safety net for lost jobs."""
        running = self.search([("state", "=", "running")])
        running._enrol_segments()
        running._request_ticks()
        self.env["crm.journey.message"]._request_lost()
