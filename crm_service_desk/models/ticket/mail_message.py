from odoo import models

from odoo.addons.crm_frontoffice.contexts import INSIDE


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _prepare_customer_event(self, document, followed):
        """What comes from another system's past happened then, not now."""
        events = super()._prepare_customer_event(document, followed)
        if self.env.context.get("service_past") is not INSIDE:
            return events
        return [{**event, "date": self.date} for event in events]

    def _note_past_correspondence(self):
        """Tickets know when their customer and we have written, also where that was in another system."""
        said = self.filtered(lambda message: not message.is_internal)
        for ticket_id, messages in said.grouped("res_id").items():
            # sudo: dates and clocks belong to the system
            ticket = self.env["service.ticket"].sudo().browse(ticket_id)
            ours = messages.filtered(lambda message: message.author_id and not message.author_id.partner_share)
            for name, some in (("date_agent_message", ours), ("date_customer_message", messages - ours)):
                if some:
                    ticket[name] = max(filter(None, [ticket[name], *some.mapped("date")]))
            if ours:
                ticket.date_first_answer = min(filter(None, [ticket.date_first_answer, *ours.mapped("date")]))
                ticket._sla_rematch()
