from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sla_clock import CYCLES, METRICS


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
        companies = self.company_id
        domain = [("company_id", "in", companies.ids)] if all(policy.company_id for policy in self) else []
        self.env["service.ticket"]._sla_mark_stale(domain)

    @api.model
    def _match(self, tickets):
        """The policy of every ticket, found with one query for all of them."""
        # sudo: which policy holds does not depend on who opened the ticket, be it the mail gateway or a customer
        policies = self.sudo().search([("company_id", "in", [False, *tickets.company_id.ids])])
        return {
            ticket: ticket.team_id.sla_policy_id.filtered("active")
            or next((policy for policy in policies if policy._fits(ticket)), policies.browse())
            for ticket in tickets
        }

    def _fits(self, ticket):
        product = ticket.product_id.categ_id
        return (
            self._has(self.company_id, ticket.company_id)
            and self._has(self.team_id, ticket.team_id)
            and self._has(self.partner_ids, ticket.commercial_partner_id)
            and self._has(self.tier_ids, ticket.commercial_partner_id.service_tier_id)
            and self._has(self.type_ids, ticket.type_id)
            and self._has_below(self.category_ids, ticket.category_id)
            and self._has_below(self.product_category_ids, product)
        )

    @staticmethod
    def _has(wanted, actual):
        return not wanted or bool(actual and actual in wanted)

    @staticmethod
    def _has_below(wanted, actual):
        """Whether one of the wanted stands above, or is, the actual one in its tree."""
        return not wanted or any((actual.parent_path or "").startswith(one.parent_path) for one in wanted)

    def _get_minutes(self, priority):
        """Promised minutes by metric for a priority; a metric without promise is left out."""
        target = self.target_ids.filtered(lambda line: line.priority == priority)
        minutes = {metric: target[f"{metric}_minutes"] for metric in METRICS}
        return {metric: promised for metric, promised in minutes.items() if promised}

    def _promises_cycles(self):
        """Whether any of these policies promises what comes up again and again."""
        return any(target[f"{metric}_minutes"] for target in self.target_ids for metric in CYCLES)

    def _get_calendar(self, ticket):
        """In whose hours the clock runs."""
        customer = ticket.commercial_partner_id.service_calendar_id
        return (
            (customer if self.uses_customer_hours else customer.browse())
            or self.calendar_id
            or ticket.team_id.calendar_id
            or ticket.company_id.resource_calendar_id
        )
