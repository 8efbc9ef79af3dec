from odoo import api, models

from .row_format import RowField

KINDS = ("call", "meeting", "visit", "messenger", "chat", "email", "sms", "letter")


class CrmGatewayInteraction(models.AbstractModel):
    """Calls, meetings, visits and messages that another system recorded."""

    _name = "crm.gateway.interaction"
    _description = "Gateway Import of Interactions"
    _inherit = "crm.gateway.import"

    _target = "crm.interaction"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "customer_external_id": RowField("partner_id", "reference", required=True, model="res.partner"),
            "kind": RowField("kind", "choice", required=True, choices=KINDS),
            "direction": RowField("direction", "choice", choices=("in", "out")),
            "date": RowField("date", "datetime", required=True),
            "summary": RowField("summary"),
            "note": RowField("note"),
            "result": RowField("result_id", "lookup", model="crm.interaction.result", key="code"),
            "duration_minutes": RowField("duration", "integer"),
            "deal_external_id": RowField("res_id", "reference", model="crm.lead"),
            "salesperson": RowField("user_id", "lookup", model="res.users", key="login"),
        }

    @api.model
    def _prepare_values(self, values):
        prepared = super()._prepare_values(values)
        if prepared["kind"] == "chat":
            prepared["kind"] = "messenger"
        if prepared.get("res_id"):
            prepared["res_model"] = "crm.lead"
        return prepared
