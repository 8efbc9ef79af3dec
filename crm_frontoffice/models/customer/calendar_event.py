from odoo import api, models


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "crm.event.source"]

    @api.model_create_multi
    def create(self, vals_list):
        meetings = super().create(vals_list)
        with_customer = meetings.filtered("opportunity_id.partner_id")
        if with_customer:
            with_customer._log_event("meeting_planned")
        return meetings

    def _prepare_event_values(self):
        deal = self.opportunity_id
        return {
            "partner_id": deal.partner_id.id,
            "company_id": deal.company_id.id,
            "user_id": self.user_id.id,
            "team_id": deal.team_id.id,
        }
