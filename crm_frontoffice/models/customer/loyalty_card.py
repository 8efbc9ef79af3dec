from odoo import api, models


class LoyaltyCard(models.Model):
    _name = "loyalty.card"
    _inherit = ["loyalty.card", "crm.event.source"]

    # The daily search for cards that are about to expire.
    _event_expiration_idx = models.Index("(expiration_date) WHERE active AND points > 0 AND partner_id IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        cards._log_issued()
        return cards

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            self._log_issued()
        return result

    def _log_issued(self):
        """Coupons for nobody in particular are no event of a customer."""
        issued = self.filtered("partner_id")
        if issued:
            issued._log_event("loyalty_card_issued", key="issued")

    def _prepare_event_values(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.partner_id.user_id.id,
            "payload": {"subject": self.program_id.name},
        }
