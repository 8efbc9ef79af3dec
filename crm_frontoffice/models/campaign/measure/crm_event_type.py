from odoo import api, fields, models

# What a campaign does to a customer, or he answers; that a picture was loaded says little.
CAMPAIGN_TOUCHES = ("campaign_sent", "campaign_clicked", "campaign_answered", "form_answered")


class CrmEventType(models.Model):
    _inherit = "crm.event.type"

    is_touch = fields.Boolean(
        "Counts as Touch",
        compute="_compute_is_touch",
        store=True,
        readonly=False,
        help="What may have led to a sale: invoiced revenue is divided among the touches before it.",
    )

    @api.depends("code", "kind", "direction", "is_contact")
    def _compute_is_touch(self):
        """Campaigns, calls, meetings, and what customers turn to the company for."""
        for event_type in self:
            event_type.is_touch = (
                event_type.code in CAMPAIGN_TOUCHES
                or (event_type.kind == "contact" and event_type.is_contact)
                or (event_type.kind == "ticket" and event_type.is_contact and event_type.direction == "in")
            )
