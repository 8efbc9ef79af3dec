from odoo import api, fields, models


class CrmLeadContact(models.Model):
    """A person of the customer who has a part in a deal; the first one is the main contact."""

    _name = "crm.lead.contact"
    _inherit = ["crm.lead.belonging.mixin", "crm.partner.merge.mixin"]
    _description = "Contact of a Deal"
    _order = "lead_id, sequence, id"
    _rec_name = "partner_id"

    _lead_merge_key = "partner_id"
    _partner_merge_keys = (("lead_id", "partner_id"),)
    _partner_merge_order = "sequence, id"

    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, index=True, ondelete="cascade", domain=[("is_company", "=", False)]
    )
    role_id = fields.Many2one("crm.contact.role", index="btree_not_null", ondelete="restrict")
    influence = fields.Selection([("1", "Low"), ("2", "Medium"), ("3", "High")], help="How much this person decides.")
    attitude = fields.Selection([("for", "For us"), ("open", "Open"), ("against", "Against us")])
    note = fields.Char()
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    is_main = fields.Boolean("Main Contact", compute="_compute_is_main")

    _lead_partner_unique = models.UniqueIndex(
        "(lead_id, partner_id)", "This person is among the deal's contacts already."
    )

    @api.depends("sequence", "lead_id.contact_ids.sequence")
    def _compute_is_main(self):
        for contact in self:
            first = contact.lead_id.contact_ids.sorted("sequence")[:1]
            contact.is_main = bool(first) and contact == first
