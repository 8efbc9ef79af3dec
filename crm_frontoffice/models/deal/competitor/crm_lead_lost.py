from odoo import api, fields, models


class CrmLeadLost(models.TransientModel):
    _inherit = "crm.lead.lost"

    known_competitor_ids = fields.Many2many("res.partner", compute="_compute_known_competitor_ids")
    lost_to_id = fields.Many2one(
        "res.partner", compute="_compute_lost_to_id", store=True, readonly=False, precompute=True
    )

    @api.depends("lead_ids")
    def _compute_known_competitor_ids(self):
        for wizard in self:
            wizard.known_competitor_ids = wizard.lead_ids.competitor_ids.partner_id

    @api.depends("lead_ids")
    def _compute_lost_to_id(self):
        """The only competitor is the likely winner."""
        for wizard in self:
            known = wizard.known_competitor_ids
            wizard.lost_to_id = wizard.lost_to_id or (known if len(known) == 1 and len(wizard.lead_ids) == 1 else False)

    def action_lost_reason_apply(self):
        if self.lost_to_id:
            self.lead_ids._note_winner(self.lost_to_id)
        return super().action_lost_reason_apply()
