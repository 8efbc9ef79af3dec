from odoo import api, fields, models

from ..choices import PRIORITIES


class ServiceSlaTarget(models.Model):
    """What a policy promises for one priority."""

    _name = "service.sla.target"
    _description = "SLA Target"
    _order = "priority desc, id"
    _rec_name = "priority"

    policy_id = fields.Many2one("service.sla.policy", required=True, index=True, ondelete="cascade")
    priority = fields.Selection(PRIORITIES, required=True, default="1")
    first_answer_minutes = fields.Integer("First Answer (min)", help="Working minutes; 0 promises nothing.")
    next_answer_minutes = fields.Integer(
        "Next Answer (min)", help="From each message of the customer that follows our first answer."
    )
    update_minutes = fields.Integer(
        "Update (min)", help="The customer hears from us at least this often while we work on it."
    )
    solution_minutes = fields.Integer("Solution (min)", help="Working minutes; 0 promises nothing.")

    _priority_unique = models.Constraint(
        "UNIQUE(policy_id, priority)", "A policy has one line per priority: change the existing line."
    )
    _minutes_positive = models.Constraint(
        "CHECK(LEAST(first_answer_minutes, next_answer_minutes, update_minutes, solution_minutes) >= 0)",
        "A target cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets.policy_id._mark_stale()
        return targets

    def write(self, vals):
        result = super().write(vals)
        self.policy_id._mark_stale()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_mark_stale(self):
        self.policy_id._mark_stale()
