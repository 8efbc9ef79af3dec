from odoo import models


class CrmLeadMove(models.Model):
    _inherit = "crm.lead.move"

    def _on_stages_entered(self, leads):
        result = super()._on_stages_entered(leads)
        # sudo: the plan starts for the deal's people, whoever moved it and whatever he may read
        self.env["crm.playbook.start"].sudo()._start(leads.sudo())  # sudo: the same
        return result
