from odoo import api, fields, models

from ..choices import PRIORITIES


class CrmEventRuleAction(models.Model):
    _inherit = "crm.event.rule.action"

    kind = fields.Selection(selection_add=[("ticket", "Open a ticket")], ondelete={"ticket": "cascade"})
    ticket_team_id = fields.Many2one("service.team", "Service Team", help="Empty: the first team of the company.")
    ticket_priority = fields.Selection(PRIORITIES, default="1")
    ticket_name = fields.Char(
        "Ticket Subject",
        translate=True,
        help="May hold {customer}, {document}, {event} and {amount}. Empty: the event and the document.",
    )

    @api.constrains("ticket_name")
    def _check_ticket_name(self):
        for action in self:
            action._check_placeholders(action.ticket_name)

    def _run_ticket(self, firings):
        """Open a ticket per firing, all in one batch."""
        Ticket = self.env["service.ticket"].sudo()  # sudo: the rule works for the system
        return list(Ticket.create([self._prepare_ticket_values(firing.event_id) for firing in firings]))

    def _prepare_ticket_values(self, event):
        company = event.company_id or self.rule_id.company_id or self.env.company
        team = self.ticket_team_id if self.ticket_team_id.company_id == company else self.env["service.team"]
        return {
            "name": self._format(self.ticket_name or "{event}: {document}", event),
            "partner_id": (event.partner_id or event.commercial_partner_id).id,
            "company_id": company.id,
            "team_id": (team or team._get_default(company)).id,
            "priority": self.ticket_priority or "1",
            "channel": "rule",
            "res_model": event.res_model,
            "res_id": event.res_id,
        }
