from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_frontoffice.models.customer.person.place import Place


class CrmPersonalData(models.AbstractModel):
    _inherit = "crm.personal.data"

    @api.model
    def _get_documents(self, partners, emails):
        documents = super()._get_documents(partners, emails)
        tickets = partners.env["service.ticket"].search(
            Domain("partner_id", "in", partners.ids)
            | (Domain("partner_id", "=", False) & Domain.OR(Domain("email_from", "ilike", email) for email in emails))
        )
        return {**documents, "service.ticket": tickets._ids}

    @api.model
    def _get_places(self, subject):
        """Tickets stay with their times, for the figures of the desk, and without what was asked."""
        tickets = Place(
            "service.ticket",
            self.env._("Tickets"),
            Domain("id", "in", subject.documents["service.ticket"]),
            ("number", "name", "description", "email_from"),
            "blanked",
            {"name": SQL("number"), "description": None, "email_from": None, "email_cc": None},
        )
        return [*super()._get_places(subject), tickets]
