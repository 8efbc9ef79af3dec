from datetime import timedelta

from odoo import api, fields, models

RECEIPT_BATCH = 50
# So many receipts a day are enough for one address: two programs that answer each other end here.
MOST_RECEIPTS = 5
RECEIPT_CHANNELS = ("email", "portal", "form")


class ServiceReceiptMixin(models.AbstractModel):
    """The customer is told that his request has come in, by which number it goes, and later asked how it went."""

    _name = "service.receipt.mixin"
    _description = "Messages that the Desk Sends by Itself"

    is_receipt_due = fields.Boolean(copy=False, groups="base.group_user")
    date_receipt = fields.Datetime("Receipt Sent", readonly=True, copy=False, groups="base.group_user")

    def _plan_receipts(self):
        """Receipts are sent by a cron: what comes in need not wait for what goes out."""
        due = self.filtered(
            lambda ticket: (
                ticket.channel in RECEIPT_CHANNELS
                and ticket.team_id.receipt_template_id
                and ticket.email_from
                and not ticket.follow_up_of_id
            )
        )
        if due:
            due.is_receipt_due = True
            cron_id = self.env["ir.model.data"]._xmlid_to_res_id("crm_service_desk.ir_cron_receipt", True)
            # sudo: only the system may touch crons
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    @api.model
    def _cron_send_receipts(self):
        domain = [("is_receipt_due", "=", True)]
        while tickets := self.search(domain, limit=RECEIPT_BATCH, order="id"):
            tickets._send_receipts()
            if not self.env["ir.cron"]._commit_progress(len(tickets), remaining=self.search_count(domain)):
                return

    def _send_receipts(self):
        sent = self._count_receipts()
        self.is_receipt_due = False
        now = fields.Datetime.now()
        for ticket in self:
            if sent.get(ticket.email_from, 0) < MOST_RECEIPTS:
                sent[ticket.email_from] = sent.get(ticket.email_from, 0) + 1
                ticket.date_receipt = now
                ticket._send_by_system(ticket.team_id.receipt_template_id)

    def _count_receipts(self):
        """How many receipts each address got within a day."""
        since = fields.Datetime.now() - timedelta(days=1)
        return dict(
            self._read_group(
                [("email_from", "in", self.mapped("email_from")), ("date_receipt", ">", since)],
                ["email_from"],
                ["__count"],
            )
        )

    def _send_by_system(self, template):
        """A message that no person wrote: it is no answer, and says so to programs."""
        self.ensure_one()
        return self.with_context(mail_auto_reply=True).message_post_with_source(
            template,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.ref("base.partner_root").id,
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _notify_by_email_get_headers(self, headers=None):
        headers = super()._notify_by_email_get_headers(headers=headers)
        return {**headers, "Auto-Submitted": "auto-replied"} if self.env.context.get("mail_auto_reply") else headers
