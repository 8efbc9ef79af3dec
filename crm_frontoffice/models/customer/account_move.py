from odoo import api, models
from odoo.tools import SQL

POSTED_EVENTS = {
    "out_invoice": "invoice_posted",
    "out_refund": "credit_note_posted",
    "in_invoice": "bill_posted",
}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "crm.event.source"]

    # The daily search for overdue invoices reads the open ones only.
    _event_overdue_idx = models.Index(
        """(invoice_date_due)
           WHERE state = 'posted' AND move_type = 'out_invoice' AND payment_state IN ('not_paid', 'partial')"""
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        for move_type, moves in posted.grouped("move_type").items():
            if move_type in POSTED_EVENTS:
                # An invoice that is corrected and posted again is still the same one.
                moves._log_event(POSTED_EVENTS[move_type], key="posted")
        return posted

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        if invoices:
            # Odoo calls this when the money is under way and again when it is there.
            invoices._log_event("invoice_paid", key="first")
        return result

    def _prepare_event_values(self):
        return {
            **super()._prepare_event_values(),
            "commercial_partner_id": self.commercial_partner_id.id,
            "user_id": self.invoice_user_id.id,
            "amount": self.amount_total_signed,
        }

    @api.model
    def _get_name_sql(self, alias, query):
        column = {name: self._field_to_sql(alias, name, query) for name in ("name", "ref", "state")}
        # Drafts are named in the reader's language, and long references are cut.
        return SQL(
            """CASE WHEN %(state)s <> 'draft' AND COALESCE(LENGTH(%(ref)s), 0) <= 50
                    THEN %(name)s || COALESCE(' (' || NULLIF(%(ref)s, '') || ')', '') END""",
            **column,
        )
