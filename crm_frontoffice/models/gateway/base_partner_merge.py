from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields(self, src_partners, dst_partner):
        """External rows of the merged partners stand for the one that stays."""
        super()._update_reference_fields(src_partners, dst_partner)
        self.env.execute_query(
            SQL(
                "UPDATE crm_external_ref SET res_id = %s WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
                dst_partner.id,
                src_partners.ids,
            )
        )
        self.env["crm.external.ref"].invalidate_model()
