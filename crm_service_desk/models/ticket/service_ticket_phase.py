from odoo import api, fields, models
from odoo.tools import SQL


class ServiceTicketPhase(models.Model):
    """How long a ticket was in one state: pauses of clocks, waiting and working times are counted from these rows."""

    _name = "service.ticket.phase"
    _description = "Phase of a Ticket"
    _order = "id"
    _rec_name = "category"
    _log_access = False

    ticket_id = fields.Many2one("service.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    category = fields.Char("State", required=True, readonly=True)
    date_start = fields.Datetime(required=True, readonly=True)
    date_stop = fields.Datetime(readonly=True)

    _open_unique = models.UniqueIndex("(ticket_id) WHERE date_stop IS NULL")

    @api.model
    def _begin(self, tickets):
        """The first state of new tickets begins when the customer asked."""
        self._insert(tickets, tickets.mapped("date_opened"))

    @api.model
    def _turn(self, tickets, now):
        """The tickets are in another state from now on."""
        self.env.execute_query(
            SQL(
                "UPDATE service_ticket_phase SET date_stop = %s WHERE ticket_id = ANY(%s) AND date_stop IS NULL",
                now,
                tickets.ids,
            )
        )
        self._insert(tickets, [now] * len(tickets))
        tickets.invalidate_recordset(["phase_ids"], flush=False)
        self.invalidate_model(["date_stop"], flush=False)

    @api.model
    def _insert(self, tickets, starts):
        self.env.execute_query(
            SQL(
                """INSERT INTO service_ticket_phase (ticket_id, category, date_start)
                   SELECT * FROM unnest(%s, %s, %s::timestamp[])""",
                tickets.ids,
                tickets.mapped("category"),
                starts,
            )
        )

    def _go_on(self):
        """What came after these phases was undone and never happened: their tickets are in them still."""
        tickets = self.ticket_id
        tickets.flush_recordset()
        for phase in self:
            self.search([("ticket_id", "=", phase.ticket_id.id), ("id", ">", phase.id)]).unlink()
        self.date_stop = False
        self.flush_recordset()  # the statements above know nothing of the cache
        tickets.invalidate_recordset(["phase_ids"], flush=False)
