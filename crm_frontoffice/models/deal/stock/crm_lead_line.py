from odoo import api, fields, models

from .availability import rate_stock


class CrmLeadLine(models.Model):
    _inherit = "crm.lead.line"

    stock_state = fields.Selection(
        [("available", "Available"), ("late", "Comes later"), ("short", "Short")],
        "Stock",
        compute="_compute_stock",
        help="In the warehouse of the deal, without what is kept for other deals.",
    )
    free_quantity = fields.Float("Free", compute="_compute_stock", digits="Product Unit")

    @api.depends("product_id", "quantity", "lead_id.warehouse_id", "lead_id.reservation_ids.date_end")
    @api.depends_context("allowed_company_ids")
    def _compute_stock(self):
        """Batched by warehouse; what several lines of a deal need of a product is counted together."""
        stored = self.filtered(lambda line: line.product_id.is_storable)
        (self - stored).update({"stock_state": False, "free_quantity": 0.0})
        warehouses = stored.lead_id._get_warehouses()
        kept = self.env["crm.stock.reservation"]._sum_kept(
            stored.product_id, self.env["stock.warehouse"].union(*warehouses.values())
        )
        for warehouse, lines in stored.grouped(lambda line: warehouses[line.lead_id]).items():
            lines._rate_in(warehouse, kept)

    def _rate_in(self, warehouse, kept):
        products = self.product_id.with_context(warehouse_id=warehouse.id)
        levels = {product.id: (product.free_qty, product.virtual_available) for product in products}
        needed = {}
        for line in self:
            lead, product = line.lead_id._origin, line.product_id
            others = sum(
                quantity for lead_id, quantity in kept.get((product.id, warehouse.id), {}).items() if lead_id != lead.id
            )
            before = needed.get((line.lead_id, product), 0.0)
            needed[line.lead_id, product] = before + line.quantity
            free, forecast = (level - others - before for level in levels[product.id])
            line.free_quantity = max(free, 0.0)
            line.stock_state = rate_stock(line.quantity, free, forecast)
