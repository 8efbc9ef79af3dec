from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

FRESH = timedelta(minutes=1)


class ServiceTicketViewer(models.Model):
    """Who has a ticket on the screen: two agents need not answer the same customer."""

    _name = "service.ticket.viewer"
    _description = "Who Looks at a Ticket"
    _log_access = False
    _rec_name = "user_id"

    ticket_id = fields.Many2one("service.ticket", required=True, index=True, ondelete="cascade", readonly=True)
    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade", readonly=True)
    date_seen = fields.Datetime(required=True, readonly=True)

    _viewer_unique = models.Constraint("UNIQUE(ticket_id, user_id)", "An agent looks at a ticket once.")

    @api.model
    def _note(self, ticket):
        """The reader looks at a ticket now; returns who else does."""
        now = fields.Datetime.now()
        self.env.execute_query(
            SQL(
                """INSERT INTO service_ticket_viewer (ticket_id, user_id, date_seen) VALUES (%s, %s, %s)
                   ON CONFLICT (ticket_id, user_id) DO UPDATE SET date_seen = EXCLUDED.date_seen""",
                ticket.id,
                self.env.uid,
                now,
            )
        )
        # sudo: an agent who may see the ticket may know who else has it open
        return (
            self.sudo()
            .search([("ticket_id", "=", ticket.id), ("user_id", "!=", self.env.uid), ("date_seen", ">", now - FRESH)])
            .user_id
        )

    @api.autovacuum
    def _gc_viewers(self):
        self.search([("date_seen", "<", fields.Datetime.now() - timedelta(days=1))]).unlink()
