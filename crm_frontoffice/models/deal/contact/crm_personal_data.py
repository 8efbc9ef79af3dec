from odoo import api, models
from odoo.fields import Domain

from ...customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_places_of_care(self, subject):
        part_in_deals = Place(
            "crm.lead.contact",
            self.env._("Part in deals"),
            Domain("partner_id", "in", subject.partner_ids),
            ("lead_id", "role_id", "influence", "attitude", "note"),
        )
        return [*super()._get_places_of_care(subject), part_in_deals]
