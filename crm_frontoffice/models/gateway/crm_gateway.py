import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .turn import take_turn

MAX_ROWS = 1000  # rows of one call
MAX_CHANGES = 1000  # events of one answer
CURSOR = re.compile(r"[0-9]{1,18}:[0-9]{1,18}")
MAX_SOURCE = 100  # characters of the name of a system


class CrmGateway(models.AbstractModel):
    """What external systems call, the same over XML-RPC and JSON-2.

    Rows are dicts by field name; each has the `external_id` that it bears in the `source` system. The answer has
    one dict per row, in the same order: `external_id`, `state` ("created", "updated", "unchanged" or "error"),
    `id` of the record, and `errors`, a list of dicts with `field`, `value`, `reason` and `hint`. Rows that are wrong
    never stop rows that are right; a repeated call changes nothing. With `dry_run` nothing is kept.
    Everything happens with the rights of the calling user.
    """

    _name = "crm.gateway"
    _description = "Gateway for External Systems"

    @api.model
    def upsert_customers(self, source, rows, dry_run=False):
        """Companies and people: see `crm.gateway.customer` for the fields of a row."""
        return self._take("crm.gateway.customer", source, rows, dry_run=dry_run)

    @api.model
    def upsert_products(self, source, rows, dry_run=False):
        """Products: see `crm.gateway.product` for the fields of a row."""
        return self._take("crm.gateway.product", source, rows, dry_run=dry_run)

    @api.model
    def upsert_deals(self, source, rows, dry_run=False):
        """Deals: see `crm.gateway.deal` for the fields of a row."""
        return self._take("crm.gateway.deal", source, rows, dry_run=dry_run)

    @api.model
    def log_interactions(self, source, rows, dry_run=False):
        """Calls, meetings, visits and messages: see `crm.gateway.interaction` for the fields of a row."""
        return self._take("crm.gateway.interaction", source, rows, dry_run=dry_run)

    @api.model
    @api.readonly
    def changes(self, cursor="", kinds=None, limit=500):
        """The event log from a point on, oldest first: for systems that poll.

        :param cursor: what the last answer gave; empty for the beginning
        :param kinds: only these kinds of events, such as ["invoice", "deal"]
        :return: dict with `events` and the `cursor` for the next call; the same cursor gives the same events, and no
            event is ever passed over, even when its transaction took long
        """
        self._check_caller()
        event = self.env["crm.event"]
        domain = Domain("transaction", "<", event._horizon())
        if cursor:
            transaction, event_id = self._parse_cursor(cursor)
            domain &= Domain("transaction", ">", transaction) | (
                Domain("transaction", "=", transaction) & Domain("id", ">", event_id)
            )
        if kinds:
            domain &= Domain("type_id.kind", "in", event._check_kinds(kinds))
        most = event._check_limit(limit, MAX_CHANGES)
        events = event.search(domain, order="transaction, id", limit=most)
        if events:
            cursor = f"{events[-1].transaction}:{events[-1].id}"
        return {"events": [self._format_change(row) for row in events], "cursor": cursor or ""}

    @api.model
    @api.readonly
    def customer_card(self, ref):
        """What to know about a customer at a glance.

        :param ref: {"id": ...} or {"source": ..., "external_id": ...}
        :return: dict with the customer, the open deals and the latest events; empty when there is none for this user
        """
        self._check_caller()
        partner = self._find_partner(ref)
        if not partner:
            return {}
        deals = self.env["crm.lead"].search(
            [("partner_id", "child_of", partner.commercial_partner_id.id), ("won_status", "=", "pending")], limit=20
        )
        return {
            "id": partner.id,
            "name": partner.display_name,
            "email": partner.email or "",
            "phone": partner.phone or "",
            "city": partner.city or "",
            "country": partner.country_id.code or "",
            "salesperson": partner.user_id.login or "",
            "consents": [
                {"channel": row.channel, "purpose": row.purpose_id.code, "state": row.state, "since": str(row.since)}
                for row in partner.consent_ids
            ],
            "deals": [
                {
                    "id": deal.id,
                    "name": deal.name,
                    "stage": deal.stage_id.name,
                    "expected_revenue": deal.expected_revenue,
                }
                for deal in deals
            ],
            "events": partner.get_customer_timeline(limit=10)["events"],
        }

    # ---- helpers

    @api.model
    def _check_caller(self):
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(self.env._("The gateway is for users with the right of a salesperson."))

    @api.model
    def _take(self, kind, source, rows, *, dry_run):
        self._check_caller()
        source = self._check_source(source)
        self._check_rows(rows)
        references = [str(row.get("external_id", "")).replace("\0", "") for row in rows]
        return take_turn(
            self.env, source, references, lambda: self.env[kind]._upsert(source, rows, dry_run=bool(dry_run))
        )

    @api.model
    def _check_source(self, source):
        if not isinstance(source, str) or not source.strip() or "\0" in source or len(source) > MAX_SOURCE:
            raise UserError(self.env._("Name the source system, for example “webshop”."))
        return source.strip()

    @api.model
    def _check_rows(self, rows):
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UserError(self.env._("Rows are a list of dictionaries, one for each record."))
        if len(rows) > MAX_ROWS:
            raise UserError(
                self.env._("%(count)s rows came in one call; send at most %(most)s.", count=len(rows), most=MAX_ROWS)
            )

    @api.model
    def _parse_cursor(self, cursor):
        if not isinstance(cursor, str) or not CURSOR.fullmatch(cursor):
            raise UserError(self.env._("The cursor is what the last answer gave, unchanged; empty for the beginning."))
        return (int(part) for part in cursor.split(":"))

    @api.model
    def _find_partner(self, ref):
        known = ref if isinstance(ref, dict) else {}
        source, external_id = known.get("source"), known.get("external_id")
        if type(known.get("id")) is int:
            partner = self.env["res.partner"].browse(known["id"]).exists()
        elif not isinstance(source, str) or not isinstance(external_id, str) or "\0" in source + external_id:
            raise UserError(self.env._("Name the customer by “id”, a number, or by “source” and “external_id”, texts."))
        else:
            # sudo: which external rows are known is the gateway's own register; access is checked below
            refs = self.env["crm.external.ref"].sudo()
            found = refs._find(source, "res.partner", [external_id])
            partner = self.env["res.partner"].browse(found_ref.res_id for found_ref in found.values())
        return partner._filtered_access("read")

    @api.model
    def _format_change(self, event):
        return {
            "id": event.id,
            "date": event.date.isoformat(sep=" "),
            "type": event.type_id.code,
            "kind": event.kind,
            "customer_id": event.commercial_partner_id.id,
            "contact_id": event.partner_id.id,
            "model": event.res_model or "",
            "res_id": event.res_id or False,
            "amount": event.amount,
            "currency": event.currency_id.name or "",
            # XML-RPC knows no null.
            "details": {name: value for name, value in (event.payload or {}).items() if value is not None},
        }
