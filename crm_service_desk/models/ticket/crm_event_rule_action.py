from string import Formatter

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..choices import PRIORITIES

PLACEHOLDERS = {"customer", "document", "event", "amount"}


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
        for action in self.filtered("ticket_name"):
            try:
                unknown = {name for _text, name, *_rest in Formatter().parse(action.ticket_name) if name is not None}
            except ValueError:
                unknown = {action.ticket_name}
            if unknown := unknown - PLACEHOLDERS:
                raise ValidationError(
                    self.env._("These placeholders are not known: %(names)s.", names=", ".join(sorted(unknown)))
                )

    def _run_ticket(self, firings):
        """Open a ticket per firing, all in one batch."""
        Ticket = self.env["service.ticket"].sudo()  # sudo: the rule works for the system
        return list(Ticket.create([self._prepare_ticket_values(firing.event_id) for firing in firings]))

    def _prepare_ticket_values(self, event):
        company = event.company_id or self.rule_id.company_id or self.env.company
        team = self.ticket_team_id if self.ticket_team_id.company_id == company else self.env["service.team"]
        return {
            "name": self._format_ticket_name(event),
            "partner_id": (event.partner_id or event.commercial_partner_id).id,
            "company_id": company.id,
            "team_id": (team or team._get_default(company)).id,
            "priority": self.ticket_priority or "1",
            "channel": "rule",
            "res_model": event.res_model,
            "res_id": event.res_id,
        }

    def _format_ticket_name(self, event):
        record = event._get_source_record()
        values = {
            "customer": event.commercial_partner_id.display_name,
            "document": record.display_name or "",
            "event": event.type_id.name,
            "amount": event.currency_id.format(event.amount) if event.currency_id else "",
        }
        return (self.ticket_name or "{event}: {document}").format_map(values)
