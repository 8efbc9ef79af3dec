from odoo import fields, models


class CrmStageGate(models.Model):
    _inherit = "crm.stage.gate"

    kind = fields.Selection(selection_add=[("approval", "It is approved")], ondelete={"approval": "cascade"})
    approval_rule_id = fields.Many2one(
        "crm.approval.rule", domain=[("subject", "=", "stage")], index="btree_not_null", ondelete="restrict"
    )

    def _find_lacking_approval(self, leads):
        bound = self.approval_rule_id._filter_bound(leads)
        if not bound:
            return bound
        amounts = {lead: lead.expected_revenue for lead in bound}
        return bound - self.env["crm.approval"]._find_covered(self.approval_rule_id, bound, amounts)

    def _tell_approval(self):
        return self.env._("have it approved: %(rule)s", rule=self.approval_rule_id.name)

    def _check_setup_approval(self):
        if self.approval_rule_id.subject != "stage":
            return self.env._("choose the rule that says who approves.")
        return ""

    def _prepare_missing(self, lead):
        missing = super()._prepare_missing(lead)
        if self.kind == "approval":
            waiting = self.env["crm.approval"]._find_pending(self.approval_rule_id, lead)
            approver = waiting.approver_id or self.approval_rule_id._find_approver(lead)
            missing |= {"approver": approver.name or "", "is_asked": bool(waiting)}
            if waiting:
                missing["message"] = self.env._("wait for the answer of %(person)s", person=approver.name)
        return missing

    def _ask(self, leads, reason):
        """Ask for the approvals that these deals lack for the stage."""
        lacking = self._find_lacking_approval(leads)
        amounts = {lead: lead.expected_revenue for lead in lacking}
        return leads.env["crm.approval"]._ask(self.approval_rule_id, lacking, amounts, reason, self.stage_id)
