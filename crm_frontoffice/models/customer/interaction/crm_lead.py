from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    interaction_count = fields.Integer("Contacts Logged", compute="_compute_interaction_count")

    # Backwards, so that the last digits of a caller's number find it however the number was written.
    _phone_tail_idx = models.Index(
        r"(reverse(regexp_replace(phone, '\D', '', 'g')) text_pattern_ops) WHERE phone IS NOT NULL"
    )

    def _compute_interaction_count(self):
        groups = self.env["crm.interaction"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for lead in self:
            lead.interaction_count = counts.get(lead.id, 0)

    def action_open_interactions(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("crm_frontoffice.crm_interaction_action")
        return {
            **action,
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {
                "default_res_model": self._name,
                "default_res_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        }
