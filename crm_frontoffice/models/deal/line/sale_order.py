from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        lead_id = self.env.context.get("crm_quotation_lines_of")
        if lead_id and "order_line" in fields_list and not values.get("order_line"):
            lead = self.env["crm.lead"].browse(lead_id)
            currency = lead.partner_id.property_product_pricelist.currency_id or self.env.company.currency_id
            values["order_line"] = [Command.create(line) for line in lead.line_ids._prepare_order_lines(currency)]
        return values

    def action_update_deal(self):
        """The products of the deal are those of this quotation from now on."""
        without = self.filtered(lambda order: not order.opportunity_id)
        if without:
            raise UserError(
                self.env._("These belong to no deal; choose one first: %s", ", ".join(without.mapped("name")))
            )
        for order in self:
            order._replace_deal_lines()
        return True

    def _replace_deal_lines(self):
        """Keep how often a product comes back: the quotation does not know it."""
        lead = self.opportunity_id
        plans = {line.product_id: line.plan_id for line in lead.line_ids}
        sold = self.order_line.filtered(
            lambda line: line.product_id and not line.display_type and not line.is_downpayment
        )
        lead.line_ids = [
            Command.clear(),
            *(Command.create(self._prepare_deal_line(line, plans)) for line in sold),
        ]

    def _prepare_deal_line(self, line, plans):
        product = line.product_id
        price = line.product_uom_id._compute_price(line.price_unit, product.uom_id)
        currency = self.opportunity_id.company_currency or self.company_id.currency_id
        return {
            "product_id": product.id,
            "quantity": line.product_uom_id._compute_quantity(line.product_uom_qty, product.uom_id),
            "price_unit": self.currency_id._convert(
                price, currency, self.company_id, self.date_order or fields.Date.today(), round=False
            ),
            "discount": line.discount,
            "plan_id": plans[product].id if product in plans else False,
            "sequence": line.sequence,
        }
