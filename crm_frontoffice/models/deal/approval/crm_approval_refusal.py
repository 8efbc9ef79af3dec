from odoo import fields, models


class CrmApprovalRefusal(models.TransientModel):
    """Whoever says no says why."""

    _name = "crm.approval.refusal"
    _description = "Refusal of an Approval"

    approval_ids = fields.Many2many("crm.approval", required=True)
    comment = fields.Text("Why Not?", required=True)

    def action_refuse(self):
        """Tell those who asked."""
        self.approval_ids._check_decision()
        # sudo: it was checked that this user decides
        self.approval_ids.sudo()._decide("refused", self.comment)
        return {"type": "ir.actions.act_window_close"}
