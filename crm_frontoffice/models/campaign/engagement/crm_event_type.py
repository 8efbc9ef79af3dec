from odoo import api, fields, models

from .points import POINTS


class CrmEventType(models.Model):
    _inherit = "crm.event.type"

    engagement_points = fields.Float(
        "Points of Engagement",
        compute="_compute_engagement_points",
        store=True,
        readonly=False,
        help="How much it says that a customer is engaged, on the day it happens; below zero if it says the opposite.",
    )

    @api.depends("code")
    def _compute_engagement_points(self):
        for event_type in self:
            event_type.engagement_points = POINTS.get(event_type.code, 0)
