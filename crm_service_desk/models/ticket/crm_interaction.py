from odoo import fields, models
from odoo.tools import plaintext2html


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    ticket_ids = fields.One2many(
        "service.ticket", "interaction_id", "Tickets", groups="crm_service_desk.group_service_desk_agent"
    )

    def action_open_ticket(self):
        """What a caller asked becomes a ticket; a second time, the same one opens."""
        self.ensure_one()
        ticket = self.ticket_ids[:1] or self.env["service.ticket"].create(
            {
                "name": self.summary or self.display_name,
                "description": plaintext2html(self.note) if self.note else False,
                "partner_id": self.partner_id.id,
                "channel": "phone" if self.kind == "call" else "staff",
                "interaction_id": self.id,
                "date_opened": self.date,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
        }
