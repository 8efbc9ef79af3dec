from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ....conditions import check_fields_readable
from .match_score import Criterion, Weights

ACTIONS = [("queue", "Queue for review"), ("warn", "Warn in the form and queue"), ("block", "Block")]
SEVERITY = {action: place for place, (action, _label) in enumerate(ACTIONS)}  # the last is the strictest


class CrmMatchRule(models.Model):
    """When two customers are held for the same one, and what happens then."""

    _name = "crm.match.rule"
    _inherit = "crm.cached.mixin"
    _description = "Rule for Duplicates"
    _order = "sequence, id"

    _cached_fields = frozenset({"active", "action"})

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    scope = fields.Selection(
        [("all", "Everybody"), ("company", "Companies"), ("person", "People")], required=True, default="all"
    )
    domain = fields.Char("Customers", default="[]", help="Only customers that meet this condition are compared.")
    action = fields.Selection(
        ACTIONS,
        required=True,
        default="queue",
        help="Block: the form, imports and calls from outside are refused; what comes in by mail or from the portal is "
        "queued for review all the same.",
    )
    threshold = fields.Integer("From Points", required=True, default=70, help="Out of 100.")
    weight_email = fields.Integer("E-mail", default=Weights().email)
    weight_phone = fields.Integer("Phone", default=Weights().phone)
    weight_tax = fields.Integer("Tax ID", default=Weights().tax)
    weight_name = fields.Integer("Name", default=Weights().name)
    weight_address = fields.Integer("Address", default=Weights().address)

    _threshold_in_range = models.Constraint("CHECK (threshold BETWEEN 1 AND 100)", "Points go from 1 to 100.")
    _weights_in_range = models.Constraint(
        "CHECK (LEAST(weight_email, weight_phone, weight_tax, weight_name, weight_address) >= 0"
        " AND GREATEST(weight_email, weight_phone, weight_tax, weight_name, weight_address) <= 100)",
        "Weights go from 0 to 100 points.",
    )

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                domain = rule._get_domain()
                domain.validate(self.env["res.partner"])
                check_fields_readable(self.env["res.partner"], domain)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("%(rule)s: the condition cannot be used: %(error)s", rule=rule.name, error=error)
                ) from error

    def _get_domain(self):
        return Domain(literal_eval(self.domain or "[]"))

    @api.model
    @tools.ormcache()
    def _get_actions(self):
        """The actions of the rules that are switched on: without a blocking rule nothing is compared on saving."""
        # sudo: whoever saves a customer
        return frozenset(self.sudo()._get_all().mapped("action"))

    @api.model
    def _get_all(self):
        """The rules that are switched on; there are few."""
        return self.search(Domain("active", "=", True))

    def _prepare_criterion(self, partners):
        """The rule as the search needs it.

        :param partners: the customers in question
        """
        domain = self._get_domain()
        ids = None
        if not domain.is_true():
            ids = frozenset(partners.search(domain & Domain("id", "in", partners.ids))._ids)
        weights = Weights(self.weight_email, self.weight_phone, self.weight_tax, self.weight_name, self.weight_address)
        return Criterion(self.action, self.threshold, self.scope, weights, ids)
