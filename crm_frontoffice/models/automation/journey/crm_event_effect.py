from odoo import api, models


class CrmEventEffect(models.Model):
    _inherit = "crm.event.effect"

    @api.model
    def _get_enders(self):
        return {**super()._get_enders(), "crm.journey.participant": "_end_participants"}

    def _end_participants(self, participants):
        """Whose cause has ended goes no further."""
        participants._leave("exited", "cause")
