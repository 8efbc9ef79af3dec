from odoo import api, models

from ..customer.consent.choices import CHANNELS
from .row_format import RowField

CHANNEL_CODES = tuple(code for code, _label in CHANNELS)
DECISIONS = {"consents_given": "given", "consents_withdrawn": "withdrawn"}
CONSENT_FIELDS = {*DECISIONS, "consent_date", "consent_wording"}


class CrmGatewayCustomer(models.AbstractModel):
    """Companies and people."""

    _name = "crm.gateway.customer"
    _description = "Gateway Import of Customers"
    _inherit = "crm.gateway.import"

    _target = "res.partner"
    _parent_reference = "company_external_id"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "name": RowField("name", required=True),
            "is_company": RowField("is_company", "boolean"),
            "company_external_id": RowField("parent_id", "reference", model="res.partner"),
            "email": RowField("email", "email"),
            "phone": RowField("phone"),
            "street": RowField("street"),
            "city": RowField("city"),
            "zip": RowField("zip"),
            "country": RowField("country_id", "lookup", model="res.country", key="code"),
            "vat": RowField("vat"),
            "function": RowField("function"),
            "language": RowField("lang", "lookup", model="res.lang", key="code"),
            "salesperson": RowField("user_id", "lookup", model="res.users", key="login"),
            "tags": RowField("category_id", "names", model="res.partner.category", key="name", create_missing=True),
            "comment": RowField("comment"),
            # Pairs of channel and purpose, such as ["email:news", "sms:news"]; when and over which text, if known.
            "consents_given": RowField("consents", "pairs", choices=CHANNEL_CODES),
            "consents_withdrawn": RowField("consents", "pairs", choices=CHANNEL_CODES),
            "consent_date": RowField("consents", "datetime"),
            "consent_wording": RowField("consents"),
        }

    @api.model
    def _read(self, given):
        rows = super()._read(given)
        known = self.env["crm.consent.purpose"]._get_ids_by_code()
        for row in rows:
            for name in DECISIONS:
                unknown = [pair for pair in row.values.get(name, ()) if pair.partition(":")[2] not in known]
                if unknown:
                    row.refuse(name, ", ".join(unknown), "unknown_value", ", ".join(known))
        return rows

    @api.model
    def _prepare_values(self, values):
        prepared = super()._prepare_values(
            {name: value for name, value in values.items() if name not in CONSENT_FIELDS}
        )
        if "lang" in prepared:
            prepared["lang"] = self.env["res.lang"].browse(prepared["lang"]).code
        return prepared

    @api.model
    def _create_records(self, source, rows):
        return self._create_quietly(source, rows, [self._prepare_row(row) for row in rows])

    @api.model
    def _remember(self, source, rows):
        """Rows come here once they are written, and only when they say something new."""
        self._record_consents(source, rows)
        return super()._remember(source, rows)

    @api.model
    def _record_consents(self, source, rows):
        """What customers decided in the other system.

        Consent without a date may be older than what the customer decided here: it fills in, and undoes nothing.
        """
        consent, purpose_ids = self.env["crm.consent"], self.env["crm.consent.purpose"]._get_ids_by_code()
        vals_list = [
            {
                "partner_id": row.record_id,
                "channel": pair.partition(":")[0],
                "purpose_id": purpose_ids[pair.partition(":")[2]],
                "decision": decision,
                "source": "gateway",
                "note": source,
                "date": row.values.get("consent_date"),
                **({"wording": row.values["consent_wording"]} if row.values.get("consent_wording") else {}),
            }
            for row in rows
            for name, decision in DECISIONS.items()
            for pair in row.values.get(name, ())
        ]
        decided = consent._read_states(vals_list)
        consent._record(
            [
                vals
                for vals in vals_list
                if vals["date"] or vals["decision"] == "withdrawn" or consent._get_key(vals) not in decided
            ],
            only_changes=True,
        )
