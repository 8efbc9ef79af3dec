from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    document_ids = fields.One2many("crm.document", "lead_id", "Documents")
    document_count = fields.Integer("Number of Documents", compute="_compute_document_count")

    def _compute_document_count(self):
        groups = self.env["crm.document"]._read_group(
            [("lead_id", "in", self.ids), ("state", "!=", "archived")], ["lead_id"], ["__count"]
        )
        counts = dict(groups)
        for lead in self:
            lead.document_count = counts.get(lead._origin, 0)

    def action_open_documents(self):
        """The documents of this deal."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("crm_frontoffice.crm_document_action")
        return {**action, "domain": [("lead_id", "=", self.id)], "context": {"default_lead_id": self.id}}
