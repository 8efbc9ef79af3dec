from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...conditions import check_fields_readable

REHEARSED_DAYS = 30
MOST_REHEARSED = 5000  # events that a rehearsal looks at


class CrmEventRule(models.Model):
    """When an event of a type happens and the conditions hold, the actions are carried out, once per event."""

    _name = "crm.event.rule"
    _inherit = "crm.cached.mixin"
    _description = "Event Rule"
    _order = "sequence, id"

    _cached_fields = frozenset({"active", "type_id", "end_type_ids"})

    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True, help="One line that says what the rule does.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: the rule holds for all companies.")
    type_id = fields.Many2one("crm.event.type", "When", required=True, index=True, ondelete="cascade")
    at_days = fields.Integer(
        "Only After Days",
        help="Of an overdue invoice: only when it is overdue for exactly so many days; 0 for the first time.",
    )
    delay_hours = fields.Integer("Wait Hours", help="The conditions are looked at when the time has passed.")
    end_type_ids = fields.Many2many(
        "crm.event.type",
        "crm_event_rule_end_rel",
        string="Ends With",
        help="When one of these happens, what the rule has opened is closed again, and what waits is not done.",
    )
    end_scope = fields.Selection(
        [("document", "The same document"), ("customer", "The same customer")],
        "Ends For",
        required=True,
        default="document",
    )
    partner_domain = fields.Char("Customer Condition", default="[]")
    source_model = fields.Char(
        help="The technical name of the document's model; the document condition is about its fields."
    )
    source_domain = fields.Char("Document Condition", default="[]")
    action_ids = fields.One2many("crm.event.rule.action", "rule_id", "Actions", copy=True)
    firing_ids = fields.One2many("crm.event.firing", "rule_id", "Firings")
    firing_count = fields.Integer(compute="_compute_firing_count")

    @api.depends("firing_ids")
    def _compute_firing_count(self):
        groups = self.env["crm.event.firing"]._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"])
        counts = {rule.id: count for rule, count in groups}
        for rule in self:
            rule.firing_count = counts.get(rule.id, 0)

    @api.constrains("partner_domain", "source_domain", "source_model")
    def _check_conditions(self):
        for rule in self:
            if rule.source_model and rule.source_model not in self.env:
                raise ValidationError(self.env._("There is no model %(model)s.", model=rule.source_model))
            for model, text in (("res.partner", rule.partner_domain), (rule.source_model, rule.source_domain)):
                rule._check_domain(model, text)

    @api.constrains("type_id")
    def _check_type(self):
        """What a rule plans tells of the event: its author must be among those who may know."""
        personal = self.filtered("type_id.is_personal")
        if personal and not self.env.user.has_group("crm_frontoffice.group_personal_data"):
            raise ValidationError(
                self.env._(
                    "%(rules)s: rules about personal facts are made by those who have the right “Personal facts”.",
                    rules=", ".join(personal.mapped("name")),
                )
            )

    def _check_domain(self, model, text):
        domain = self._parse_domain(text)
        if not model:
            if not domain.is_true():
                raise ValidationError(
                    self.env._("%(rule)s: name the source model that the document condition is about.", rule=self.name)
                )
            return
        try:
            domain.validate(self.env[model])
            check_fields_readable(self.env[model], domain)
        except ValueError as error:
            raise ValidationError(
                self.env._("%(rule)s: the condition cannot be used: %(error)s", rule=self.name, error=error)
            ) from error

    def _parse_domain(self, text):
        try:
            return Domain(literal_eval(text or "[]"))
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._("%(rule)s: %(text)s is no condition.", rule=self.name, text=text)
            ) from error

    # ---- which rules listen

    @api.model
    @tools.ormcache()
    def _get_listening_type_ids(self):
        """The event types that have a rule switched on: most events concern no rule and cost nothing more."""
        # sudo: the log asks for the system, whoever causes the event
        rules = self.sudo().search_fetch([], ["type_id"])
        return frozenset((rules.type_id | rules.end_type_ids).ids)

    # ---- acting

    def _filter_firings(self, firings):
        """Those of this rule's firings whose customer and document meet the conditions now."""
        events = self._filter_events(firings.event_id)
        return firings.filtered(lambda firing: firing.event_id in events)

    def _filter_events(self, events):
        self.ensure_one()
        partner_domain = self._parse_domain(self.partner_domain)
        if not partner_domain.is_true():
            partners = events.commercial_partner_id.with_env(self.env).filtered_domain(partner_domain)
            events = events.filtered(lambda event: event.commercial_partner_id in partners)
        if self.company_id:
            events = events.filtered(lambda event: event.company_id in (self.company_id, self.env["res.company"]))
        if self.source_model:
            events = events.filtered(lambda event: event.res_model == self.source_model)
            records = self.env[self.source_model].browse(events.mapped("res_id")).exists()
            allowed = set(records.filtered_domain(self._parse_domain(self.source_domain)).ids)
            events = events.filtered(lambda event: event.res_id in allowed)
        return events

    def action_open_firings(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_event_firing_action")
        return {**action, "domain": [("rule_id", "=", self.id)]}

    def action_rehearse(self):
        """Show the events of the last days that the rule would have answered, judged by what holds today."""
        self.ensure_one()
        self.check_access("read")
        since = fields.Datetime.subtract(fields.Datetime.now(), days=REHEARSED_DAYS)
        domain = Domain("type_id", "=", self.type_id.id) & Domain("date", ">=", since)
        # sudo: a rule works for the system; only managers may read rules
        events = self.env["crm.event"].sudo().search(domain, limit=MOST_REHEARSED)
        if self.at_days:
            events = events.filtered(lambda event: (event.payload or {}).get("days") == self.at_days)
        else:
            events = events.filtered(lambda event: not (event.payload or {}).get("again"))
        # sudo: the same
        events = self.sudo()._filter_events(events)
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_event_action")
        name = self.env._("Would have acted %(count)s times in %(days)s days", count=len(events), days=REHEARSED_DAYS)
        return {**action, "name": name, "display_name": name, "domain": [("id", "in", events.ids)], "context": {}}
