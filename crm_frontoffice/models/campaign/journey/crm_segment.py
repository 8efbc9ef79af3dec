from odoo import models


class CrmSegment(models.Model):
    _inherit = "crm.segment"

    def _on_refreshed(self):
        # sudo: journeys are the system's, whoever refreshes a segment
        self.env["crm.journey"].sudo().search([("entry_segment_id", "in", self.ids)])._enrol_segments()
        return super()._on_refreshed()
