from odoo import api, models
from odoo.fields import Domain

from ...customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_places(self, subject):
        """What a receiver answered may repeat what it was told; found by the events, so before these are blanked."""
        ids = subject.partner_ids
        of_person = Domain("partner_id", "in", ids) | Domain("commercial_partner_id", "in", ids)
        answers = Place(
            "crm.webhook.delivery",
            self.env._("Answers of other systems"),
            Domain("event_id", "any!", of_person) & Domain("answer", "!=", False),
            ("answer",),
            "blanked",
            {"answer": None},
        )
        return [answers, *super()._get_places(subject)]
