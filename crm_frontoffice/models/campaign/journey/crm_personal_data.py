from odoo import api, models
from odoo.fields import Domain

from ...customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_places_of_care(self, subject):
        own = Domain("partner_id", "in", subject.partner_ids)
        shown = ("journey_id", "state", "date_entered", "date_ended")
        return [
            *super()._get_places_of_care(subject),
            Place(
                "crm.journey.message", self.env._("Messages of journeys"), own, ("step_id", "channel", "date_queued")
            ),
            Place("crm.journey.participant", self.env._("Journeys"), own, shown),
            Place("crm.pressure", self.env._("Messages by day"), own, ("date", "channel", "count")),
        ]
