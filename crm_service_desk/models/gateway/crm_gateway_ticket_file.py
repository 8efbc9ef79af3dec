import base64
import binascii

from odoo import api, models

from odoo.addons.crm_frontoffice.models.gateway.row_format import READERS, RowError, RowField

MOST_MEGABYTES = 20


def read_content(value, _field):
    """The content of a file as base64, by which it travels; kept as it is.

    >>> read_content("c21va2U=", None)
    'c21va2U='
    >>> read_content("smoke!", None)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    RowError: text
    """
    text = str(value)
    if len(text) > MOST_MEGABYTES * 2**20 * 4 // 3:
        raise RowError("long", f"{MOST_MEGABYTES} MB")
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RowError("text", "base64") from None
    return text


READERS["base64"] = read_content


class CrmGatewayTicketFile(models.AbstractModel):
    """Files of a ticket in another system, with the message that they came with, if it has come in too."""

    _name = "crm.gateway.ticket.file"
    _description = "Gateway Import of Files"
    _inherit = "crm.gateway.import"

    _target = "ir.attachment"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "ticket_external_id": RowField("res_id", "reference", required=True, model="service.ticket"),
            "message_external_id": RowField("message_id", "reference", model="mail.message"),
            "name": RowField("name", "key", required=True),
            "content": RowField("datas", "base64", required=True),
        }

    @api.model
    def _create_records(self, source, rows):
        self.env["service.ticket"].browse({row.values["ticket_external_id"] for row in rows}).check_access("write")
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": row.values["name"],
                    "datas": row.values["content"],
                    "res_model": "service.ticket",
                    "res_id": row.values["ticket_external_id"],
                }
                for row in rows
            ]
        )
        for row, file in zip(rows, files, strict=True):
            message = self.env["mail.message"].browse(row.values.get("message_external_id") or [])
            if message.res_id == file.res_id:
                message.attachment_ids += file
        return files

    @api.model
    def _write_differences(self, rows):
        """A file stays as it was taken in."""
        return [{} for _row in rows]
