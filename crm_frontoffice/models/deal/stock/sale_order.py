from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_confirm(self):
        """Once an order is confirmed the stock itself keeps the goods."""
        result = super().action_confirm()
        if deals := self.opportunity_id:
            # sudo: whoever confirms, the customer himself too, need not see the deal
            self.env["crm.stock.reservation"].sudo().search([("lead_id", "in", deals.ids)])._end()
        return result
