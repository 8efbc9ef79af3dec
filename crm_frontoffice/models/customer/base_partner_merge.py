from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields(self, src_partners, dst_partner):
        """Odoo moves the columns that point to partners; these are pairs of model and id, which it does not know."""
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env.flush_all()
        for table in ("crm_event", "crm_event_effect", "crm_external_ref"):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET res_id = %s WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
                    SQL.identifier(table),
                    dst_partner.id,
                    src_partners.ids,
                )
            )
        self.env.invalidate_all()
        return result
