from odoo import api, models
from odoo.fields import Domain

from ...customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_places_kept(self, subject):
        of_person = Domain("partner_id", "in", subject.partner_ids)
        documents = Place(
            "crm.document", self.env._("Documents of deals"), of_person, ("name", "create_date", "state"), "kept"
        )
        return [*super()._get_places_kept(subject), documents]
