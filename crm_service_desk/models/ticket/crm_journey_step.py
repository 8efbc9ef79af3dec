from odoo import fields, models

from ..choices import PRIORITIES


class CrmJourneyStep(models.Model):
    """A journey opens tickets: what was promised to the customer has a deadline like any other request."""

    _inherit = "crm.journey.step"

    kind = fields.Selection(selection_add=[("ticket", "Ticket"), ("coupon",)], ondelete={"ticket": "cascade"})
    ticket_team_id = fields.Many2one("service.team", "Service Team", help="Empty: the first team of the company.")
    ticket_priority = fields.Selection(PRIORITIES, default="1")

    def _do_ticket(self, participants):
        """Open the tickets in one batch."""
        self.env["service.ticket"].create(
            [self._prepare_ticket_values(participant.partner_id) for participant in participants]
        )

    def _prepare_ticket_values(self, partner):
        company = self.journey_id.company_id or partner.company_id or self.env.company
        team = self.ticket_team_id if self.ticket_team_id.company_id == company else self.env["service.team"]
        return {
            "name": self.summary or f"{self.journey_id.name}: {partner.name}",
            "description": self.note,
            "partner_id": partner.id,
            "company_id": company.id,
            "team_id": (team or team._get_default(company)).id,
            "priority": self.ticket_priority or "1",
            "channel": "rule",
        }

    def _describe(self):
        # sudo: who sees the journey may know which team gets its tickets
        return (self.sudo().ticket_team_id.name or "") if self.kind == "ticket" else super()._describe()
