from odoo import api, fields, models
from odoo.fields import Domain


class CrmCustomerSection(models.AbstractModel):
    _inherit = "crm.customer.section"

    @api.model
    def _get_sections(self):
        tickets = {
            "model": "service.ticket",
            "title": self.env._("Open tickets"),
            "icon": "fa-life-ring",
            "action": "crm_service_desk.service_ticket_action",
            "domain": Domain("date_closed", "=", False),
            "partner": "commercial_partner_id",
            "order": "priority desc, id desc",
            "date": "date_opened",
            "state": "stage_id",
            "late": Domain("date_deadline", "<", fields.Datetime.now()),
        }
        # An open complaint is what everybody should see first.
        return {"tickets": tickets, **super()._get_sections()}
