from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.event.source"]

    def write(self, vals):
        sent = self.filtered(lambda order: order.state == "draft") if vals.get("state") == "sent" else self.browse()
        result = super().write(vals)
        if sent:
            sent._log_event("quotation_sent")
        return result

    def _action_confirm(self):
        result = super()._action_confirm()
        self._log_event("order_confirmed")
        return result

    def _action_cancel(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        result = super()._action_cancel()
        if confirmed:
            confirmed._log_event("order_cancelled")
        return result

    def _prepare_event_values(self):
        amount = self.amount_total / (self.currency_rate or 1.0)
        return {**super()._prepare_event_values(), "amount": amount}
