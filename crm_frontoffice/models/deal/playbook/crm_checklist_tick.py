from odoo import api, fields, models


class CrmChecklistTick(models.Model):
    """Who did an item of the checklist for a deal, and when."""

    _name = "crm.checklist.tick"
    _inherit = "crm.lead.belonging.mixin"
    _description = "Checklist Tick"
    _order = "date desc, id desc"
    _rec_name = "item_id"
    _log_access = False

    _lead_merge_key = "item_id"

    lead_id = fields.Many2one(readonly=True)
    item_id = fields.Many2one("crm.checklist.item", required=True, readonly=True, ondelete="cascade", index=True)
    stage_id = fields.Many2one(related="item_id.stage_id", store=True)
    user_id = fields.Many2one("res.users", "Ticked By", readonly=True, ondelete="set null")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _once = models.UniqueIndex("(lead_id, item_id)")

    @api.model
    def _set_ticks(self, items_by_lead):
        """Make the ticks of each deal those of its items."""
        # sudo: whoever may change a deal may tick its checklist; nobody writes ticks in another way
        ticks = self.sudo()
        known = ticks.search([("lead_id", "in", [lead.id for lead in items_by_lead])])
        known.filtered(lambda tick: tick.item_id not in items_by_lead.get(tick.lead_id, tick.item_id)).unlink()
        present = {(tick.lead_id.id, tick.item_id.id) for tick in known.exists()}
        ticks.create(
            [
                {"lead_id": lead.id, "item_id": item.id, "user_id": self.env.uid}
                for lead, items in items_by_lead.items()
                for item in items
                if (lead.id, item.id) not in present
            ]
        )
