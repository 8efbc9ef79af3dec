from odoo import api, models
from odoo.fields import Domain

from ...customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_places_of_care(self, subject):
        own = Domain("partner_id", "in", subject.partner_ids)
        return [
            *super()._get_places_of_care(subject),
            Place("crm.segment.member", self.env._("Segments"), own, ("segment_id", "date_entered", "date_left")),
            Place("crm.segment.choice", self.env._("Pinned in segments"), own, ("segment_id", "kind", "note")),
        ]
