from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    competitor_ids = fields.One2many("crm.lead.competitor", "lead_id", "Competitors")
    lost_to_id = fields.Many2one(
        "res.partner", index="btree_not_null", ondelete="set null", help="The competitor who got the deal."
    )

    def _note_winner(self, partner):
        """These deals went to a competitor; he is among their competitors from then on."""
        missing = self.filtered(lambda lead: partner not in lead.competitor_ids.partner_id)
        self.env["crm.lead.competitor"].create([{"lead_id": lead.id, "partner_id": partner.id} for lead in missing])
        self.write({"lost_to_id": partner.id})

    def _merge_get_fields_specific(self):
        """As with the reason: a deal that may still be won is lost to nobody."""
        return {
            **super()._merge_get_fields_specific(),
            "lost_to_id": lambda _name, leads: False if leads[:1].probability else leads.lost_to_id[:1],
        }
