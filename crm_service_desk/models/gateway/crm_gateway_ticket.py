from odoo import api, models

from odoo.addons.crm_frontoffice.models.gateway.row_format import RowField

from ..choices import CHANNELS


class CrmGatewayTicket(models.AbstractModel):
    """Tickets of another system; their clocks start when the customer asked there."""

    _name = "crm.gateway.ticket"
    _description = "Gateway Import of Tickets"
    _inherit = "crm.gateway.import"

    _target = "service.ticket"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "name": RowField("name", required=True),
            "customer_external_id": RowField("partner_id", "reference", model="res.partner"),
            # Instead of the id that another system gave him: a customer who is known here by his address.
            "customer_email": RowField("partner_id", "lookup", model="res.partner", key="email_normalized"),
            "description": RowField("description"),
            "priority": RowField("priority", "choice", choices=("0", "1", "2", "3")),
            "channel": RowField("channel", "choice", choices=tuple(code for code, _name in CHANNELS)),
            "team": RowField("team_id", "lookup", model="service.team", key="name"),
            "stage": RowField("stage_id", "lookup", model="service.stage", key="name"),
            "agent": RowField("user_id", "lookup", model="res.users", key="login"),
            "date_opened": RowField("date_opened", "datetime"),
        }

    @api.model
    def _create_records(self, source, rows):
        vals_list = [{"channel": "rpc", **self._prepare_values(row.values)} for row in rows]
        return self.env["service.ticket"].create(vals_list)
