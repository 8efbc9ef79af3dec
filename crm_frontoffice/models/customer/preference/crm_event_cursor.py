from odoo import api, fields, models

from ....fields import BigInteger


class CrmEventCursor(models.Model):
    """How far a nightly reader of the event log has come; it is written with what was read, in one transaction."""

    _name = "crm.event.cursor"
    _description = "Reader of the Event Log"
    _log_access = False

    name = fields.Char(required=True, readonly=True)
    transaction = BigInteger(required=True, readonly=True, default=0)
    last_id = fields.Integer(required=True, readonly=True, default=0)

    _name_unique = models.Constraint("UNIQUE(name)", "This reader has its place already.")

    @api.model
    def _get(self, name):
        return self.search([("name", "=", name)]) or self.create({"name": name})

    def _read_next(self, limit):
        """The events after this place that are there for good, oldest first."""
        self.ensure_one()
        event = self.env["crm.event"]
        return event.search_fetch(
            [
                ("transaction", "<", event._horizon()),
                "|",
                ("transaction", ">", self.transaction),
                "&",
                ("transaction", "=", self.transaction),
                ("id", ">", self.last_id),
            ],
            ["transaction", "partner_id"],
            order="transaction, id",
            limit=limit,
        )

    def _move_to(self, event):
        self.write({"transaction": event.transaction, "last_id": event.id})
