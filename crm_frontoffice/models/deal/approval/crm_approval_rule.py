from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ....conditions import check_fields_readable

# What a rule is about, and the model on which its condition looks.
SUBJECT_MODELS = {"stage": "crm.lead", "discount": "sale.order"}


class CrmApprovalRule(models.Model):
    """What a salesperson may not decide alone, and who decides it."""

    _name = "crm.approval.rule"
    _inherit = "crm.cached.mixin"
    _description = "Approval Rule"
    _order = "sequence, id"

    _cached_fields = frozenset({"subject", "active", "company_id"})

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    subject = fields.Selection(
        [("stage", "Entering a Stage"), ("discount", "A Discount above a Limit")], required=True, default="discount"
    )
    model_name = fields.Char(compute="_compute_model_name")
    discount_limit = fields.Float(
        "Limit (%)",
        default=10.0,
        help="Up to this discount nobody needs to be asked: of a line, or of the whole order.",
    )
    domain = fields.Char("Only for", default="[]", help="Empty: for all.")
    approver_type = fields.Selection(
        [("leader", "Team Leader"), ("user", "A Certain Person")], "Decided By", required=True, default="leader"
    )
    approver_id = fields.Many2one(
        "res.users",
        "Person",
        ondelete="restrict",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("sales_team.group_sale_salesman").ids)],
    )

    _limit_range = models.Constraint(
        "CHECK(discount_limit >= 0 AND discount_limit <= 100)", "A discount limit lies between 0 and 100 percent."
    )
    _approver_known = models.Constraint(
        "CHECK(approver_type <> 'user' OR approver_id IS NOT NULL)", "Choose the person who decides."
    )

    @api.depends("subject")
    def _compute_model_name(self):
        for rule in self:
            rule.model_name = SUBJECT_MODELS.get(rule.subject)

    @api.constrains("domain", "subject")
    def _check_domain(self):
        for rule in self:
            records = self.env[rule.model_name]
            try:
                rule._get_domain().validate(records)
                check_fields_readable(records, rule._get_domain())
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("%(rule)s: the condition cannot be used: %(error)s", rule=rule.name, error=error)
                ) from error

    @api.onchange("subject")
    def _onchange_subject(self):
        self.domain = "[]"

    # ---- which rules hold

    @api.model
    @tools.ormcache("company_id")
    def _get_discount_rule_ids(self, company_id):
        # sudo: everybody is bound by the rules, whoever may read them
        return tuple(self.sudo().search([("subject", "=", "discount"), ("company_id", "in", [company_id, False])]).ids)

    def _get_domain(self):
        return Domain(literal_eval(self.domain or "[]"))

    def _filter_bound(self, records):
        """Those of the deals or orders to which this rule applies at all."""
        of_company = records.filtered(
            lambda record: not (self.company_id and record.company_id) or record.company_id == self.company_id
        )
        return of_company.filtered_domain(self._get_domain())

    # ---- who decides

    def _find_approver(self, record):
        """Who decides about this deal or order now: the one who should, or his deputy while he is out of office."""
        # sudo: the leader of a team and absences of a colleague are looked up for somebody who need not see them
        approver = self.sudo().approver_id if self.approver_type == "user" else record.sudo().team_id.user_id
        return approver._get_present_approver()
