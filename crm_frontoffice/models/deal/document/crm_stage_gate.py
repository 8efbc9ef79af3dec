from odoo import fields, models
from odoo.fields import Domain


class CrmStageGate(models.Model):
    _inherit = "crm.stage.gate"

    kind = fields.Selection(
        selection_add=[("signed_document", "A document of the deal is signed")], ondelete={"signed_document": "cascade"}
    )
    document_kind_id = fields.Many2one("crm.document.kind", ondelete="restrict", help="Empty: any document.")

    def _find_lacking_signed_document(self, leads):
        of_kind = Domain("kind_id", "=", self.document_kind_id.id) if self.document_kind_id else Domain.TRUE
        signed = of_kind & Domain("signed_on", "!=", False) & Domain("lead_id", "in", leads.ids)
        # sudo: what is signed counts, whoever may see it
        documents = self.env["crm.document"].sudo()
        known = {lead.id for (lead,) in documents._read_group(signed, ["lead_id"])}
        return leads.filtered(lambda lead: lead.id not in known)

    def _tell_signed_document(self):
        if self.document_kind_id:
            return self.env._("have this signed: %(kind)s", kind=self.document_kind_id.name)
        return self.env._("have a document signed")
