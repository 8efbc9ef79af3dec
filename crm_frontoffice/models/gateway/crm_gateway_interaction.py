from odoo import api, models

from .row_format import RowField

# Event type by kind and direction of the contact.
CODES = {
    ("call", "in"): "call_in",
    ("call", "out"): "call_out",
    ("email", "in"): "message_in",
    ("email", "out"): "message_out",
    ("sms", "in"): "sms_in",
    ("sms", "out"): "sms_out",
    ("chat", "in"): "chat",
    ("chat", "out"): "chat",
    ("meeting", "in"): "meeting_held",
    ("meeting", "out"): "meeting_held",
    ("visit", "in"): "visit",
    ("visit", "out"): "visit",
}


class CrmGatewayInteraction(models.AbstractModel):
    """Calls, meetings, visits and messages that another system recorded: they go straight into the event log."""

    _name = "crm.gateway.interaction"
    _description = "Gateway Import of Interactions"
    _inherit = "crm.gateway.import"

    _target = "crm.event"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "customer_external_id": RowField("partner_id", "reference", required=True, model="res.partner"),
            "kind": RowField(
                "kind", "choice", required=True, choices=("call", "meeting", "visit", "sms", "chat", "email")
            ),
            "direction": RowField("direction", "choice", choices=("in", "out")),
            "date": RowField("date", "datetime", required=True),
            "summary": RowField("summary"),
            "duration_minutes": RowField("duration_minutes", "integer"),
            "deal_external_id": RowField("deal_id", "reference", model="crm.lead"),
            "salesperson": RowField("user_id", "lookup", model="res.users", key="login"),
        }

    @api.model
    def _match(self, source, rows):
        """The log is append-only: a row that came in before is unchanged, whatever it says now."""
        keys = {self._get_key(source, row): row for row in rows if row.state != "error"}
        # sudo: the gateway looks whether it wrote a row, it does not show the log
        for event in self.env["crm.event"].sudo().search_fetch([("dedupe_key", "in", list(keys))], ["dedupe_key"]):
            row = keys[event.dedupe_key]
            row.record_id, row.state = event.id, "unchanged"

    @api.model
    def _create_records(self, source, rows):
        partners = self.env["res.partner"].browse(row.values["customer_external_id"] for row in rows)
        companies = {partner.id: partner.company_id.id for partner in partners}
        events = self.env["crm.event"]._append(
            [
                {**self._prepare_event(source, row), "company_id": companies[row.values["customer_external_id"]]}
                for row in rows
            ]
        )
        by_key = {event.dedupe_key: event for event in events}
        return [by_key.get(self._get_key(source, row), events.browse()) for row in rows]

    @api.model
    def _get_key(self, source, row):
        # A colon in the name of a system must not make its rows look like those of another.
        return f"interaction:{source.replace(':', '%3A')}:{row.external_id}"

    @api.model
    def _prepare_event(self, source, row):
        values = row.values
        details = {"subject": values.get("summary"), "minutes": values.get("duration_minutes"), "source": source}
        return {
            "code": CODES[values["kind"], values.get("direction", "out")],
            "date": values["date"],
            "partner_id": values["customer_external_id"],
            "user_id": values.get("salesperson"),
            "res_model": "crm.lead" if values.get("deal_external_id") else None,
            "res_id": values.get("deal_external_id"),
            "dedupe_key": self._get_key(source, row),
            "payload": {name: value for name, value in details.items() if value},
        }

    @api.model
    def _remember(self, source, rows):
        """The dedupe key of the log remembers these rows."""
