from ast import literal_eval

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ....contexts import INSIDE

MOST_TICKS = 200


class _TakeBack(Exception):
    """Ends a simulation: nothing of it stays."""


class CrmJourneySimulation(models.TransientModel):
    """How many would go where: the engine itself runs through the draft, and everything is taken back.

    Waits are over at once, nothing is made, and what customers would do is assumed as the steps say.
    """

    _name = "crm.journey.simulation"
    _description = "Simulation of a Journey"
    _rec_name = "journey_id"

    journey_id = fields.Many2one("crm.journey", required=True, readonly=True, ondelete="cascade")
    partner_domain = fields.Char("Customers", default="[('email', '!=', False)]")
    is_segment = fields.Boolean(compute="_compute_is_segment")
    entered_count = fields.Integer("Would Enter", readonly=True)
    control_count = fields.Integer("Control Group", readonly=True)
    email_count = fields.Integer("E-mails", readonly=True)
    sms_count = fields.Integer("SMS", readonly=True)
    letter_count = fields.Integer("Letters", readonly=True)
    consent_count = fields.Integer("No Consent", readonly=True)
    address_count = fields.Integer("No Address", readonly=True)
    cap_count = fields.Integer("Had Enough", readonly=True)
    flow = fields.Json(readonly=True)

    @api.depends("journey_id")
    def _compute_is_segment(self):
        for simulation in self:
            simulation.is_segment = simulation.journey_id.entry == "segment"

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for simulation in self:
            try:
                self._parse(simulation.partner_domain).validate(self.env["res.partner"])
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(self.env._("The condition cannot be used: %(error)s", error=error)) from error

    @api.model
    def _parse(self, text):
        return Domain(literal_eval(text or "[]"))

    def action_run(self):
        self.ensure_one()
        journey = self.journey_id
        journey.check_access("read")
        version = journey.draft_id or journey.version_id
        version.step_ids.filtered(lambda step: step.kind in ("wait", "branch", "split"))._check_ready()
        # The customers that the user sees: the counts must not tell of others.
        source = self._select_audience()
        values = {}
        try:
            with self.env.cr.savepoint():
                # sudo: the engine is the system's, and nothing stays
                system = journey.with_env(self.env(user=SUPERUSER_ID, context={"crm_simulated": INSIDE}))
                values = self._simulate(system, version.with_env(system.env), source)
                raise _TakeBack
        except _TakeBack:
            self.env.invalidate_all()
        self.write(values)
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_journey_simulation_action")
        return {**action, "res_id": self.id}

    @api.model
    def _simulate(self, journey, version, source):
        """Run everybody through, as the system; gives what came of it."""
        participants = journey._enrol(source, version)
        steps = version.step_ids
        for _round in range(MOST_TICKS):
            if not sum(step._tick() for step in steps):
                break
        first = min(participants.ids, default=0)
        mine = [("journey_id", "=", journey.id), ("id", ">=", first)]
        messages = journey.env["crm.journey.message"]._read_group(
            [("journey_id", "=", journey.id), ("participant_id", ">=", first)], ["channel", "reason"], ["__count"]
        )
        counts = {}
        for channel, reason, count in messages:
            counts[reason or channel] = counts.get(reason or channel, 0) + count
        flow = version._prepare_flow(mine)
        return {
            "entered_count": len(participants),
            "control_count": len(participants.filtered(lambda row: row.state == "control")),
            "letter_count": counts.get("post", 0),
            **{f"{name}_count": counts.get(name, 0) for name in ("email", "sms", "consent", "address", "cap")},
            "flow": {**flow, "editable": False},
        }

    def _select_audience(self):
        partners = self.env["res.partner"]
        if self.is_segment:
            members = self.env["crm.segment.member"]._search(
                [("segment_id", "=", self.journey_id.entry_segment_id.id), ("date_left", "=", False)]
            )
            found = partners._search([("id", "in", members.subselect("partner_id"))])
        else:
            found = partners._search(self._parse(self.partner_domain))
        return SQL("SELECT id AS partner_id, NULL::int AS event_id FROM res_partner WHERE id IN %s", found.subselect())
