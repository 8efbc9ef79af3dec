from odoo import fields, models


class CrmStageGate(models.Model):
    _inherit = "crm.stage.gate"

    kind = fields.Selection(selection_add=[("product", "The deal has products")], ondelete={"product": "cascade"})

    def _find_lacking_product(self, leads):
        # sudo: what is known of the deal counts, whoever may see it
        lines = self.env["crm.lead.line"].sudo()
        known = {lead.id for (lead,) in lines._read_group([("lead_id", "in", leads.ids)], ["lead_id"])}
        return leads.filtered(lambda lead: lead.id not in known)

    def _tell_product(self):
        return self.env._("add the products")

    def _get_fillable_product(self):
        return ["line_ids"]
