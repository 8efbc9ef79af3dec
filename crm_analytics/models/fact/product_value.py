from odoo import models


class ProductValue(models.Model):
    _inherit = "product.value"

    # The margin asks for a product's cost on a day; Odoo's table has no index on the product.
    _product_date_idx = models.Index("(product_id, date) WHERE move_id IS NULL")
