from odoo import api, fields, models

from .line_amounts import multiply


class CrmLeadLine(models.Model):
    """A product that a customer may buy, before there is a quotation."""

    _name = "crm.lead.line"
    _inherit = "crm.lead.belonging.mixin"
    _description = "Product of a Deal"
    _order = "lead_id, sequence, id"
    _rec_name = "product_id"

    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict", domain=[("sale_ok", "=", True)]
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    currency_id = fields.Many2one(related="lead_id.company_currency")
    price_unit = fields.Float(
        "Unit Price", compute="_compute_price_unit", store=True, readonly=False, precompute=True, digits="Product Price"
    )
    discount = fields.Float("Disc.%", digits="Discount")
    plan_id = fields.Many2one(
        "crm.recurring.plan", "Every", ondelete="restrict", help="How often it comes back; empty when it is sold once."
    )
    price_subtotal = fields.Monetary("Amount", compute="_compute_price_subtotal", store=True, precompute=True)

    _quantity_check = models.Constraint("CHECK (quantity >= 0)", "A deal is about quantities of nought or more.")

    @api.depends("product_id")
    def _compute_price_unit(self):
        """The customer's price; once a product is chosen, the price is whatever people make of it."""
        for (partner, currency), lines in (
            self.filtered("product_id").grouped(lambda line: (line.lead_id.partner_id, line.currency_id)).items()
        ):
            # sudo: a price list binds also who may not read its rules
            pricelist = partner.sudo().property_product_pricelist
            prices = pricelist._get_products_price(lines.product_id, 1.0, currency=currency or None)
            for line in lines:
                line.price_unit = prices[line.product_id.id]

    @api.depends("quantity", "price_unit", "discount")
    def _compute_price_subtotal(self):
        for line in self:
            amount = multiply(line.quantity, line.price_unit, line.discount)
            line.price_subtotal = line.currency_id.round(amount) if line.currency_id else amount

    # ---- the amount of the deal

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.lead_id._follow_lines()
        return lines

    def write(self, vals):
        before = self.lead_id
        result = super().write(vals)
        (before | self.lead_id)._follow_lines()
        return result

    def unlink(self):
        leads = self.lead_id
        result = super().unlink()
        leads._follow_lines()
        return result

    # ---- into the quotation and back

    def _prepare_order_lines(self, currency):
        """The lines of a new quotation; who sees no discounts there gets the price without it.

        :param currency: of the quotation
        """
        today = fields.Date.context_today(self)
        has_discounts = self.env.user.has_group("sale.group_discount_per_so_line")
        return [
            {
                "product_id": line.product_id.id,
                "product_uom_qty": line.quantity,
                "price_unit": line.currency_id._convert(
                    multiply(1, line.price_unit, 0 if has_discounts else line.discount),
                    currency,
                    date=today,
                    round=False,
                ),
                "discount": line.discount if has_discounts else 0,
            }
            for line in self
        ]
