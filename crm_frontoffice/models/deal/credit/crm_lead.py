from odoo import api, fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    credit_state = fields.Selection(
        [("ok", "OK"), ("watch", "Watch"), ("stop", "Stop")],
        "Payment",
        compute="_compute_credit_state",
        help="How the customer pays, and whether he is on hold; without amounts.",
    )
    hold_reason = fields.Char(related="partner_id.hold_reason")

    @api.depends("partner_id.credit_state", "partner_id.hold_state")
    @api.depends_context("allowed_company_ids")
    def _compute_credit_state(self):
        """What is worse: how he pays, or what somebody has decided about him."""
        order = ("ok", "watch", "stop")
        by_hold = {"warn": "watch", "stop": "stop"}
        for lead in self:
            partner = lead.partner_id
            states = [partner.credit_state, by_hold.get(partner.hold_state)]
            lead.credit_state = max(filter(None, states), key=order.index, default=False)
