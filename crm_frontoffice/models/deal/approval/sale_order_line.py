from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_price_before_discount(self):
        """The unit price that the price list gave: one that was lowered by hand is a discount too."""
        return max(self.technical_price_unit or self.price_unit, self.price_unit)
