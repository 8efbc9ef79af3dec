from odoo import api, models
from odoo.fields import Domain

from ...customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_places_of_care(self, subject):
        own = Domain("partner_id", "in", subject.partner_ids)
        place = Place("crm.engagement", self.env._("Engagement"), own, ("score", "explanation"))
        return [*super()._get_places_of_care(subject), place]
