from odoo import api, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.event.source"]

    # The daily search for quotations that are about to expire.
    _event_validity_idx = models.Index("(validity_date) WHERE state = 'sent'")

    def write(self, vals):
        sent = self.filtered(lambda order: order.state == "draft") if vals.get("state") == "sent" else self.browse()
        result = super().write(vals)
        if sent:
            sent._log_event("quotation_sent")
        return result

    def _action_confirm(self):
        result = super()._action_confirm()
        self._log_event("order_confirmed")
        from_web = self.filtered(lambda order: order._is_from_web())
        if from_web:
            from_web._log_event("order_web", key="confirmed")
        return result

    def _is_from_web(self):
        """Whether the customer ordered by himself: he signed or paid online, or bought in a web shop."""
        # sudo: payments are not for salespeople; whether there is one is no secret
        paid = self.sudo().transaction_ids.filtered(lambda transaction: transaction.state in ("authorized", "done"))
        return bool(self.signed_on or paid or ("website_id" in self._fields and self["website_id"]))

    def _action_cancel(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        result = super()._action_cancel()
        if confirmed:
            confirmed._log_event("order_cancelled")
        return result

    def _prepare_event_values(self):
        amount = self.amount_total / (self.currency_rate or 1.0)
        return {**super()._prepare_event_values(), "amount": amount}

    @api.model
    def _get_name_sql(self, alias, query):
        return self._field_to_sql(alias, "name", query)
