from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields(self, src_partners, dst_partner):
        """Odoo moves the columns that point to partners; these are pairs of model and id, which it does not know."""
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env["crm.event"]._move_references("res.partner", src_partners.ids, dst_partner.id)
        return result
