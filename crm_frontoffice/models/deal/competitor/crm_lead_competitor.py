from odoo import api, fields, models


class CrmLeadCompetitor(models.Model):
    """Who else wants a deal, and what speaks for and against him."""

    _name = "crm.lead.competitor"
    _inherit = ["crm.lead.belonging.mixin", "crm.partner.merge.mixin"]
    _description = "Competitor in a Deal"
    _order = "lead_id, id"
    _rec_name = "partner_id"

    _lead_merge_key = "partner_id"
    _partner_merge_keys = (("lead_id", "partner_id"),)

    partner_id = fields.Many2one(
        "res.partner", "Competitor", required=True, index=True, ondelete="cascade", domain=[("is_company", "=", True)]
    )
    strengths = fields.Char(help="What speaks for him.")
    weaknesses = fields.Char(help="What speaks against him.")
    is_winner = fields.Boolean("Has Won It", compute="_compute_is_winner")

    _lead_partner_unique = models.UniqueIndex("(lead_id, partner_id)", "This competitor is noted for the deal already.")

    @api.depends("partner_id", "lead_id.lost_to_id", "lead_id.won_status")
    def _compute_is_winner(self):
        for competitor in self:
            lead = competitor.lead_id
            competitor.is_winner = lead.won_status == "lost" and lead.lost_to_id == competitor.partner_id

    @api.model_create_multi
    def create(self, vals_list):
        competitors = super().create(vals_list)
        competitors._name_competitors()
        return competitors

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self._name_competitors()
        return result

    def _name_competitors(self):
        """Whoever competes for a deal is a competitor from then on."""
        # sudo: a fact that follows from the deal, whoever may edit the roles of partners
        roles = self.env["crm.partner.role"].sudo()
        open_role = [("partner_id", "in", self.partner_id.ids), ("role", "=", "competitor"), ("date_to", "=", False)]
        unknown = self.partner_id - roles.search(open_role).partner_id
        today = fields.Date.context_today(self)
        begun = roles.search([("partner_id", "in", unknown.ids), ("role", "=", "competitor"), ("date_to", ">=", today)])
        roles.create(
            [
                {"partner_id": partner.id, "role": "competitor", "date_from": today}
                for partner in unknown - begun.partner_id
            ]
        )
