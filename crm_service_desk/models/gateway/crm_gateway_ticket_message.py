import re

from odoo import api, models
from odoo.tools import email_normalize, plaintext2html

from odoo.addons.crm_frontoffice.contexts import INSIDE
from odoo.addons.crm_frontoffice.models.gateway.row_format import RowField

MARKUP = re.compile(r"<(p|br|div|span|table|ul|ol|a|b|i|html)\b[^>]*>", re.IGNORECASE)


class CrmGatewayTicketMessage(models.AbstractModel):
    """What was written about a ticket in another system: history, which is sent to nobody and wakes no clock."""

    _name = "crm.gateway.ticket.message"
    _description = "Gateway Import of Messages"
    _inherit = "crm.gateway.import"

    _target = "mail.message"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "ticket_external_id": RowField("res_id", "reference", required=True, model="service.ticket"),
            "date": RowField("date", "datetime", required=True),
            # Somebody without an address, as a bot or a colleague of long ago, has his name only.
            "author_email": RowField("email_from", "email"),
            "author_name": RowField("email_from"),
            "body": RowField("body", required=True),
            "is_internal": RowField("is_internal", "boolean"),
        }

    @api.model
    def _create_records(self, source, rows):
        authors = self._find_authors(rows)
        vals_list = [self._prepare_message(row.values, authors) for row in rows]
        self.env["service.ticket"].browse({vals["res_id"] for vals in vals_list}).check_access("write")
        messages = self.env["mail.message"].with_context(service_past=INSIDE).create(vals_list)
        messages._note_past_correspondence()
        return messages

    @api.model
    def _find_authors(self, rows):
        """People by their address; colleagues come before contacts."""
        emails = {email_normalize(row.values.get("author_email")) for row in rows} - {False}
        partners = self.env["res.partner"].search(
            [("email_normalized", "in", [*emails])], order="partner_share DESC, id DESC"
        )
        return {partner.email_normalized: partner for partner in partners}

    @api.model
    def _prepare_message(self, values, authors):
        internal = bool(values.get("is_internal"))
        subtype = "mail.mt_note" if internal else "mail.mt_comment"
        body = values["body"]
        return {
            "model": "service.ticket",
            "res_id": values["ticket_external_id"],
            "date": values["date"],
            "email_from": values.get("author_email") or values.get("author_name"),
            "author_id": authors.get(email_normalize(values.get("author_email")), self.env["res.partner"]).id,
            "body": body if MARKUP.search(body) else plaintext2html(body),
            "message_type": "comment" if internal else "email",
            "is_internal": internal,
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id(subtype),
        }

    @api.model
    def _write_differences(self, rows):
        """What somebody has written stays as it was taken in."""
        return [{} for _row in rows]
