from odoo import api, models


class CrmGateway(models.AbstractModel):
    _inherit = "crm.gateway"

    @api.model
    def upsert_tickets(self, source, rows, dry_run=False):
        """Tickets: see `crm.gateway.ticket` for the fields of a row; the caller needs the right of an agent too."""
        return self._take("crm.gateway.ticket", source, rows, dry_run=dry_run)
