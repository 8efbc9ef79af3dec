from odoo import api, fields, models
from odoo.exceptions import UserError

from .choices import ADDRESS_COLUMNS, CHANNELS, DECISIONS, LEGAL_BASES, SOURCES


class CrmConsentEvent(models.Model):
    """The proof of one decision: when, how, and over which text; rows are appended and never changed.

    Only a merge of partners and the erasure of personal data may touch rows.
    """

    _name = "crm.consent.event"
    _description = "Consent Log"
    _order = "date desc, id desc"
    _rec_name = "decision"
    _log_access = False

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    purpose_id = fields.Many2one("crm.consent.purpose", required=True, readonly=True, index=True, ondelete="restrict")
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    legal_basis = fields.Selection(LEGAL_BASES, required=True, readonly=True)
    wording = fields.Text("Text Shown", readonly=True)
    note = fields.Char("Details", readonly=True)
    address = fields.Char(readonly=True, help="The address at that time; a fingerprint of it once data was erased.")
    ip = fields.Char("IP Address", readonly=True)
    user_agent = fields.Char("Browser", readonly=True)
    user_id = fields.Many2one("res.users", "Recorded by", readonly=True, ondelete="set null", index="btree_not_null")

    _partner_idx = models.Index("(partner_id, date DESC, id DESC)")

    # The columns of a row, with their types in the database.
    _COLUMNS = {
        "partner_id": "int4",
        "channel": "varchar",
        "purpose_id": "int4",
        "decision": "varchar",
        "date": "timestamp",
        "source": "varchar",
        "legal_basis": "varchar",
        "wording": "text",
        "note": "varchar",
        "address": "varchar",
        "ip": "varchar",
        "user_agent": "varchar",
        "user_id": "int4",
    }

    def write(self, vals):
        if vals:
            raise UserError(self.env._("The consent log is proof: its rows are never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The consent log is proof: its rows are never deleted."))

    @api.model
    def _prepare_rows(self, vals_list):
        """Rows with every column; see `crm.consent._record`."""
        purposes = self.env["crm.consent.purpose"]
        # sudo: the language of the text shown and the address it is about; nothing of them is shown to the user
        partners = self.env["res.partner"].sudo().browse({vals["partner_id"] for vals in vals_list})
        partners.fetch(["lang", "email_normalized", "phone_sanitized"])
        by_id = {partner.id: partner for partner in partners}
        now = fields.Datetime.now()
        rows = []
        for vals in vals_list:
            # sudo: the wording and the ground of a purpose are no secret
            purpose = purposes._resolve(vals["purpose_id"]).sudo()
            partner = by_id[vals["partner_id"]]
            row = {
                **dict.fromkeys(self._COLUMNS),
                "legal_basis": purpose.legal_basis,
                "wording": purpose.with_context(lang=partner.lang).wording,
                "user_id": self.env.uid,
                "address": vals["channel"] in ADDRESS_COLUMNS and partner[ADDRESS_COLUMNS[vals["channel"]]] or None,
                **vals,
                "purpose_id": purpose.id,
                # The latest decision counts: one of the future would outweigh whatever the customer says until then.
                "date": fields.Datetime.to_string(min(fields.Datetime.to_datetime(vals.get("date") or now), now)),
            }
            rows.append({name: value or None for name, value in row.items()})
        return rows
