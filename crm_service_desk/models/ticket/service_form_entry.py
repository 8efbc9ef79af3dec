from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

PER_HOUR = 5  # requests from one address
KEPT = timedelta(days=1)


class ServiceFormEntry(models.Model):
    """When somebody used the public form; from where is kept as a keyed hash only, and for a day."""

    _name = "service.form.entry"
    _description = "Use of the Public Form"
    _rec_name = "create_date"

    origin = fields.Char(required=True, index=True)

    @api.model
    def _is_allowed(self, address):
        """Note a use, and say whether there were not too many within an hour."""
        origin = hmac(self.env(su=True), "service.form.entry", address)
        # Two requests at once are counted one after the other.
        self.env.execute_query(SQL("SELECT pg_advisory_xact_lock(hashtext(%s))", origin))
        since = fields.Datetime.now() - timedelta(hours=1)
        # sudo: visitors have no rights on the list of visitors
        entries = self.sudo()
        if entries.search_count([("origin", "=", origin), ("create_date", ">", since)]) >= PER_HOUR:
            return False
        entries.create({"origin": origin})
        return True

    @api.autovacuum
    def _gc_entries(self):
        self.search([("create_date", "<", fields.Datetime.now() - KEPT)]).unlink()
