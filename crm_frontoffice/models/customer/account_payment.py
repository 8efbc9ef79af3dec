from odoo import models


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "crm.event.source"]

    def action_post(self):
        result = super().action_post()
        received = self.filtered(
            lambda payment: (
                payment.state in ("in_process", "paid")
                and payment.payment_type == "inbound"
                and payment.partner_type == "customer"
                and payment.partner_id
            )
        )
        if received:
            # A payment that is corrected and posted again is still the same one.
            received._log_event("payment_received", key="posted")
        return result

    def _prepare_event_values(self):
        return {
            "partner_id": self.partner_id.id,
            "commercial_partner_id": self.partner_id.commercial_partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.partner_id.user_id.id,
            "amount": self.amount_company_currency_signed,
        }
