from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from .policy_rule import NO_RULE, PolicyRule
from .sla_clock import METRICS


class ServiceSlaPolicy(models.Model):
    """Promised times: the first policy in the list that fits a ticket holds for it."""

    _name = "service.sla.policy"
    _description = "SLA Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True, help="Empty: the policy holds for all companies.")
    team_id = fields.Many2one("service.team", index="btree_not_null", ondelete="cascade", help="Empty: for all teams.")
    tier_ids = fields.Many2many("service.tier", string="Contract Tiers", help="Empty: for all customers.")
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", domain=[("parent_id", "=", False)], help="Empty: for all customers."
    )
    type_ids = fields.Many2many("service.ticket.type", string="Ticket Types", help="Empty: for all types.")
    category_ids = fields.Many2many(
        "service.category", string="Topics", help="Also for those below them. Empty: for all topics."
    )
    product_category_ids = fields.Many2many(
        "product.category", string="Product Categories", help="Also for those below them. Empty: for all products."
    )
    third_party_counts = fields.Boolean(
        "Third Parties Are Our Problem", help="The clock of the solution runs on while a third party is awaited."
    )
    uses_customer_hours = fields.Boolean("Hours of the Customer", help="Where the customer has hours of his own.")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        help="The hours in which the clock runs. Empty: those of the team, else those of the company.",
    )
    calendar_tz = fields.Selection(related="calendar_id.tz", string="Time Zone")
    target_ids = fields.One2many("service.sla.target", "policy_id", "Targets", copy=True)
    level_ids = fields.One2many("service.sla.level", "policy_id", "Escalation", copy=True)

    @api.constrains("calendar_id")
    def _check_calendar(self):
        self.calendar_id._check_fit_for_sla()

    @api.constrains("company_id", "team_id", "calendar_id")
    def _check_companies(self):
        """A policy for all companies may name the team or the hours of one; a policy of one company only its own."""
        for policy in self.filtered("company_id"):
            strangers = (policy.team_id.company_id | policy.calendar_id.company_id) - policy.company_id
            if strangers:
                raise ValidationError(
                    self.env._("Team and hours of the policy %(name)s belong to another company.", name=policy.name)
                )

    def write(self, vals):
        """Open tickets follow the change of a policy."""
        result = super().write(vals)
        if vals.keys() - {"name", "target_ids", "level_ids"}:
            self._mark_stale()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies._mark_stale()
        return policies

    @api.ondelete(at_uninstall=False)
    def _unlink_mark_stale(self):
        self._mark_stale()

    def _mark_stale(self):
        """Have the clocks of open tickets set anew: any change of the list may change which policy comes first."""
        self.env.registry.clear_cache()
        companies = self.company_id
        domain = [("company_id", "in", companies.ids)] if all(policy.company_id for policy in self) else []
        self.env["service.ticket"]._sla_mark_stale(domain)

    @api.model
    @ormcache()
    def _get_rules(self):
        """All policies that hold, in their order, as plain rules: they change seldom and are asked for all the time."""
        # sudo: which policy holds does not depend on who opened the ticket, be it the mail gateway or a customer
        return {policy.id: policy._prepare_rule() for policy in self.sudo().with_context(active_test=False).search([])}

    def _prepare_rule(self):
        self.ensure_one()
        minutes = {
            target.priority: {metric: target[f"{metric}_minutes"] for metric in METRICS if target[f"{metric}_minutes"]}
            for target in self.target_ids
        }
        return PolicyRule(
            self.id,
            companies=frozenset(self.company_id.ids),
            teams=frozenset(self.team_id.ids),
            customers=frozenset(self.partner_ids.ids),
            tiers=frozenset(self.tier_ids.ids),
            types=frozenset(self.type_ids.ids),
            categories=frozenset(self.category_ids.ids),
            product_categories=frozenset(self.product_category_ids.ids),
            minutes=minutes,
            third_party_counts=self.third_party_counts,
            uses_customer_hours=self.uses_customer_hours,
            calendar=self.calendar_id.id,
            levels=tuple((level.id, level.metric, level.percent) for level in self.level_ids.sorted("percent")),
            is_active=self.active,
        )

    def _get_rule(self):
        return self._get_rules().get(self.id, NO_RULE)

    @api.model
    def _match(self, tickets):
        """The policy of every ticket: that of its team, else the first of the list that fits."""
        rules = self._get_rules()
        active = [rule for rule in rules.values() if rule.is_active]
        matched = {}
        for ticket in tickets:
            own = rules.get(ticket.team_id.sla_policy_id.id, NO_RULE)
            facts = ticket._get_sla_facts()
            rule = own if own.is_active else next((rule for rule in active if rule.fits(facts)), NO_RULE)
            matched[ticket] = self.browse(rule.key or [])
        return matched

    def _get_calendar(self, ticket):
        """In whose hours the clock runs."""
        rule = self._get_rule()
        customer = ticket.commercial_partner_id.service_calendar_id if rule.uses_customer_hours else None
        return (
            customer
            or self.env["resource.calendar"].browse(rule.calendar or [])
            or ticket.team_id.calendar_id
            or ticket.company_id.resource_calendar_id
        )
