from odoo import api, models


class CrmConsent(models.Model):
    _inherit = "crm.consent"

    @api.model
    def _confirm(self, partner, event_ids, **proof):
        confirmed = super()._confirm(partner, event_ids, **proof)
        # sudo: the link of the mail showed who it is; answers are the system's
        self.env["crm.landing.answer"].sudo()._on_confirmed(partner, confirmed.purpose_id)
        return confirmed
