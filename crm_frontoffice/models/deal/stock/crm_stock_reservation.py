from odoo import api, fields, models
from odoo.fields import Domain


class CrmStockReservation(models.Model):
    """Goods kept for a deal until a day: other deals see so much less. The stock itself knows nothing of it."""

    _name = "crm.stock.reservation"
    _inherit = "crm.lead.belonging.mixin"
    _description = "Goods Kept for a Deal"
    _order = "date_end DESC NULLS FIRST, until, id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", required=True, index=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, index=True, ondelete="cascade")
    quantity = fields.Float(digits="Product Unit", required=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    until = fields.Date(required=True, help="The last day.")
    date_end = fields.Datetime("Ended On", readonly=True, help="When it was given up, used or had expired.")
    user_id = fields.Many2one(related="lead_id.user_id")

    _open_idx = models.Index("(product_id, warehouse_id, until) WHERE date_end IS NULL")
    _quantity_check = models.Constraint("CHECK (quantity > 0)", "Reserve more than nothing.")

    @api.model
    def _get_current_domain(self):
        """In force: neither ended nor expired, and the deal is still open."""
        today = fields.Date.context_today(self)
        return (
            Domain("date_end", "=", False) & Domain("until", ">=", today) & Domain("lead_id.won_status", "=", "pending")
        )

    @api.model
    def _sum_kept(self, products, warehouses):
        """What is kept for deals.

        :return: dict by (product, warehouse) of dicts of quantities by deal
        """
        # sudo: goods are kept for a deal whoever may see the deal; only sums leave this method
        groups = self.sudo()._read_group(
            self._get_current_domain()
            & Domain("product_id", "in", products.ids)
            & Domain("warehouse_id", "in", warehouses.ids),
            ["product_id", "warehouse_id", "lead_id"],
            ["quantity:sum"],
        )
        kept = {}
        for product, warehouse, lead, quantity in groups:
            kept.setdefault((product.id, warehouse.id), {})[lead.id] = quantity
        return kept

    def action_end(self):
        """Give the goods up."""
        self.check_access("write")
        self._end()
        return True

    def _end(self):
        self.filtered(lambda kept: not kept.date_end).write({"date_end": fields.Datetime.now()})

    @api.model
    def _cron_end(self):
        """End what has expired, and what is kept for deals that are closed."""
        self.search(Domain("date_end", "=", False) & ~self._get_current_domain())._end()
