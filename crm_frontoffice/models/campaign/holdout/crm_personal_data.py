from odoo import api, models
from odoo.fields import Domain

from ...customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_places_of_care(self, subject):
        own = Domain("partner_id", "in", subject.partner_ids)
        shown = ("campaign_id", "is_held_out", "date")
        return [*super()._get_places_of_care(subject), Place("crm.holdout", self.env._("Campaigns"), own, shown)]
