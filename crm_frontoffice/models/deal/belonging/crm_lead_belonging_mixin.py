from odoo import api, fields, models


class CrmLeadBelongingMixin(models.AbstractModel):
    """For tables of what belongs to a deal: it is seen with the deal, and follows it when deals are merged."""

    _name = "crm.lead.belonging.mixin"
    _description = "Part of a Deal"

    # The field of which a deal has each value only once, such as the partner of a contact.
    _lead_merge_key = None

    lead_id = fields.Many2one("crm.lead", "Deal", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="lead_id.company_id")

    @api.model
    def _move_to_lead(self, lead, merged):
        """What belongs to merged deals goes over to the one that stays; what that has already goes with its deal."""
        rows = self.search([("lead_id", "in", merged.ids)])
        if key := self._lead_merge_key:
            known = self.search([("lead_id", "=", lead.id)]).mapped(key)
            firsts = [same[:1].id for value, same in rows.grouped(key).items() if value not in known]
            rows = rows.browse(firsts)
        rows.write({"lead_id": lead.id})
