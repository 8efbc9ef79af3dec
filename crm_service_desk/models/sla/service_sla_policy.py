from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceSlaPolicy(models.Model):
    """Promised times: the first policy in the list that fits a ticket's company and team holds for it."""

    _name = "service.sla.policy"
    _description = "SLA Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True, help="Empty: the policy holds for all companies.")
    team_id = fields.Many2one("service.team", index="btree_not_null", ondelete="cascade", help="Empty: for all teams.")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        help="The hours in which the clock runs. Empty: those of the team, else those of the company.",
    )
    calendar_tz = fields.Selection(related="calendar_id.tz", string="Time Zone")
    target_ids = fields.One2many("service.sla.target", "policy_id", "Targets", copy=True)

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
        if {"active", "sequence", "company_id", "team_id", "calendar_id"} & vals.keys():
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
        return (not self.company_id or self.company_id == ticket.company_id) and (
            not self.team_id or self.team_id == ticket.team_id
        )

    def _get_minutes(self, priority):
        """Promised minutes by metric for a priority; a metric without promise is left out."""
        target = self.target_ids.filtered(lambda line: line.priority == priority)
        minutes = {"first_answer": target.first_answer_minutes, "solution": target.solution_minutes}
        return {metric: promised for metric, promised in minutes.items() if promised}
