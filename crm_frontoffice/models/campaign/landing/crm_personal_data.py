from odoo import api, models
from odoo.fields import Domain

from ...customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_places_of_care(self, subject):
        return [
            *super()._get_places_of_care(subject),
            Place(
                "crm.landing.answer",
                self.env._("Answers to forms"),
                Domain("partner_id", "in", subject.partner_ids) | Domain("email", "in", subject.emails),
                ("form_id", "date", "email", "text", "referrer", "ip"),
            ),
        ]
