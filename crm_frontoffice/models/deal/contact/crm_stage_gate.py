from odoo import fields, models
from odoo.fields import Domain


class CrmStageGate(models.Model):
    _inherit = "crm.stage.gate"

    kind = fields.Selection(selection_add=[("contact", "A contact's part is known")], ondelete={"contact": "cascade"})
    contact_role_id = fields.Many2one("crm.contact.role", "Part", ondelete="restrict", help="Empty: any contact.")

    def _find_lacking_contact(self, leads):
        role = Domain("role_id", "=", self.contact_role_id.id) if self.contact_role_id else Domain.TRUE
        # sudo: what is known of the deal counts, whoever may see it
        contacts = self.env["crm.lead.contact"].sudo()
        known = {lead.id for (lead,) in contacts._read_group(role & Domain("lead_id", "in", leads.ids), ["lead_id"])}
        return leads.filtered(lambda lead: lead.id not in known)

    def _tell_contact(self):
        if self.contact_role_id:
            return self.env._("name who this is among the contacts: %(part)s", part=self.contact_role_id.name)
        return self.env._("name a contact")

    def _get_fillable_contact(self):
        return ["contact_ids"]
