from odoo import models

from ....contexts import INSIDE


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """What a customer pays for in the portal is confirmed: a hold is about goods without money."""
        return super(
            PaymentTransaction, self.with_context(crm_confirmed_by_payment=INSIDE)
        )._check_amount_and_confirm_order()
