from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.batch.tracking.mixin"]

    def _track_subtype(self, init_values):
        """Deals have subtypes of their own for stages that were won or lost."""
        return self._gather_subtype(super()._track_subtype(init_values))
