from odoo import fields, models

from ....exceptions import StageGateError


class CrmLead(models.Model):
    _inherit = "crm.lead"

    approval_ids = fields.One2many("crm.approval", "lead_id", "Approvals", readonly=True)

    def request_approvals(self, stage_id, reason=False):
        """Ask for all approvals that these deals need to enter a stage.

        :return: the names of those who were asked
        """
        self.check_access("write")
        # sudo: a salesperson need not read the configuration to be bound by it
        gates = self.env["crm.stage"].browse(stage_id).sudo().gate_ids.filtered(lambda gate: gate.kind == "approval")
        approvals = self.env["crm.approval"].sudo()  # sudo: only whom one asked is read
        for gate in gates:
            approvals += gate._ask(self, reason)
        return approvals.approver_id.sorted("name").mapped("name")

    def _enter_if_ready(self, stage):
        """Enter a stage unless something is still missing."""
        try:
            with self.env.cr.savepoint():
                self.stage_id = stage
        except StageGateError:
            return False
        return True

    def _on_outcome(self, status):
        result = super()._on_outcome(status)
        self.env["crm.approval"]._withdraw_for("lead_id", self)
        return result
