from odoo import api, models


class CrmGateway(models.AbstractModel):
    _inherit = "crm.gateway"

    @api.model
    def upsert_tickets(self, source, rows, dry_run=False):
        """Tickets: see `crm.gateway.ticket` for the fields of a row; the caller needs the right of an agent too."""
        return self._take("crm.gateway.ticket", source, rows, dry_run=dry_run)

    @api.model
    def upsert_ticket_messages(self, source, rows, dry_run=False):
        """What was written about tickets: see `crm.gateway.ticket.message`; the caller may write the tickets."""
        return self._take("crm.gateway.ticket.message", source, rows, dry_run=dry_run)

    @api.model
    def upsert_ticket_files(self, source, rows, dry_run=False):
        """Files of tickets and messages: see `crm.gateway.ticket.file`; the caller may write the tickets."""
        return self._take("crm.gateway.ticket.file", source, rows, dry_run=dry_run)

    @api.model
    @api.readonly
    def customer_card(self, ref):
        """Also the open tickets of the customer that the caller may read."""
        card = super().customer_card(ref)
        Ticket = self.env["service.ticket"]
        if card and Ticket.has_access("read"):
            customer = self.env["res.partner"].browse(card["id"]).commercial_partner_id
            domain = [("commercial_partner_id", "=", customer.id), ("date_closed", "=", False)]
            card["tickets"] = [
                {"id": ticket.id, "number": ticket.number, "name": ticket.name, "stage": ticket.stage_id.name}
                for ticket in Ticket.search(domain, limit=20)
            ]
        return card
