from odoo import fields, models


class CrmStageGate(models.Model):
    _inherit = "crm.stage.gate"

    kind = fields.Selection(selection_add=[("checklist", "A checklist is done")], ondelete={"checklist": "cascade"})
    checklist_stage_id = fields.Many2one(
        "crm.stage", "Checklist Of", ondelete="cascade", help="Empty: that of the stage from which the deal comes."
    )

    def _get_open_items(self, leads):
        """The items of the checklist that are not ticked, by deal."""
        before = self.env["crm.lead"]._get_stages_before() or {}
        stages = self.env["crm.stage"]
        ticked = {
            lead: items
            for lead, items in self.env["crm.checklist.tick"]._read_group(
                [("lead_id", "in", leads.ids)], ["lead_id"], ["item_id:recordset"]
            )
        }
        items = {
            lead: (self.checklist_stage_id or stages.browse(before.get(lead.id) or ())).checklist_item_ids
            for lead in leads
        }
        return {lead: items[lead] - ticked.get(lead, items[lead].browse()) for lead in leads}

    def _find_lacking_checklist(self, leads):
        open_items = self._get_open_items(leads)
        return leads.filtered(lambda lead: open_items[lead])

    def _tell_checklist(self):
        return self.env._("do what is on the checklist")

    def _prepare_missing(self, lead):
        missing = super()._prepare_missing(lead)
        if self.kind == "checklist":
            items = self._get_open_items(lead)[lead]
            missing["items"] = [{"id": item.id, "name": item.name} for item in items]
            missing["message"] = f"{missing['message']}: {', '.join(items.mapped('name'))}"
        return missing
