from odoo import api, fields, models
from odoo.tools import SQL

REFRESH_BATCH = 500


class ServiceSlaStale(models.Model):
    """Tickets whose clocks the cron sets anew, because a policy or a calendar changed.

    A table of its own: marking ten thousand tickets must not write ten thousand tickets.
    """

    _name = "service.sla.stale"
    _description = "Ticket with Stale Clocks"
    _rec_name = "ticket_id"
    _log_access = False

    ticket_id = fields.Many2one("service.ticket", required=True, readonly=True, ondelete="cascade")

    _ticket_unique = models.Constraint("UNIQUE(ticket_id)", "A ticket is marked once.")

    @api.model
    def _mark(self, query):
        """Mark what a query of tickets finds; whether there was any that was not marked before."""
        rows = self.env.execute_query(
            SQL("INSERT INTO service_sla_stale (ticket_id) %s ON CONFLICT DO NOTHING RETURNING id", query.select())
        )
        self.invalidate_model(flush=False)
        return bool(rows)

    @api.model
    def _find(self):
        marks = self.search_fetch([], ["ticket_id"], limit=REFRESH_BATCH, order="ticket_id")
        # Tickets that are read together, although the marks are about to go.
        return self.env["service.ticket"].browse(marks.ticket_id.ids)

    @api.model
    def _unmark(self, tickets):
        self.env.execute_query(SQL("DELETE FROM service_sla_stale WHERE ticket_id = ANY(%s)", tickets.ids))
        self.invalidate_model(flush=False)
