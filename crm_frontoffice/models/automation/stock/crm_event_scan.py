from odoo import api, models
from odoo.tools import SQL


class CrmEventScan(models.AbstractModel):
    _inherit = "crm.event.scan"

    @api.model
    def _get_scans(self):
        return [*super()._get_scans(), "_scan_waiting_quotations"]

    @api.model
    def _get_labels(self):
        return {**super()._get_labels(), "_scan_waiting_quotations": self.env._("Goods for open quotations")}

    @api.model
    def _scan_waiting_quotations(self):
        """Once per shortage: goods of an open quotation are short; and once more, when all of them are there.

        Each quotation is compared with the unreserved stock of its own warehouse, as if it were the only one.
        """
        for model in ("sale.order", "sale.order.line", "stock.quant", "crm.lead"):
            self.env[model].flush_model()
        columns = {
            "partner_id": SQL("sale.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "user_id": SQL("sale.user_id"),
            "team_id": SQL("sale.team_id"),
            "currency_id": SQL("company.currency_id"),
            "amount": SQL("sale.amount_total / COALESCE(NULLIF(sale.currency_rate, 0), 1)"),
            "payload": SQL("jsonb_build_object('products', document.products, 'short', document.short)"),
        }
        tables = SQL(
            """(SELECT need.order_id AS id, need.company_id, COUNT(*) AS products,
                       COUNT(*) FILTER (WHERE need.quantity > COALESCE(free.quantity, 0)) AS short,
                       BOOL_OR(need.quantity > COALESCE(free.quantity, 0)) AS holds
                  FROM (%(need)s) need LEFT JOIN (%(free)s) free USING (product_id, warehouse_id)
                 GROUP BY need.order_id, need.company_id) document
               JOIN sale_order sale ON sale.id = document.id
               JOIN res_partner partner ON partner.id = sale.partner_id
               JOIN res_company company ON company.id = sale.company_id""",
            need=self._select_needed_goods(),
            free=self._select_free_goods(),
        )
        return self._append_turns(("stock_short", "stock_available"), "sale.order", columns, tables, SQL("TRUE"))

    @api.model
    def _select_needed_goods(self):
        """What open quotations ask for, in the products' own units; deals that are won or lost wait for nothing."""
        return SQL(
            """SELECT sale.id AS order_id, sale.company_id, line.product_id,
                      COALESCE(line.warehouse_id, sale.warehouse_id) AS warehouse_id,
                      SUM(line.product_uom_qty * unit.factor / own.factor) AS quantity
                 FROM sale_order sale
                 JOIN sale_order_line line ON line.order_id = sale.id AND line.product_uom_qty > 0
                 JOIN product_product product ON product.id = line.product_id
                 JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
                 JOIN uom_uom unit ON unit.id = line.product_uom_id
                 JOIN uom_uom own ON own.id = template.uom_id
                 LEFT JOIN crm_lead deal ON deal.id = sale.opportunity_id
                WHERE sale.state IN ('draft', 'sent')
                  AND (deal.id IS NULL OR (deal.active AND deal.won_status = 'pending'))
                GROUP BY 1, 2, 3, 4"""
        )

    @api.model
    def _select_free_goods(self):
        """What lies in each warehouse and is reserved for nobody."""
        return SQL(
            """SELECT quant.product_id, location.warehouse_id, SUM(quant.quantity - quant.reserved_quantity) AS quantity
                 FROM stock_quant quant
                 JOIN stock_location location ON location.id = quant.location_id AND location.usage = 'internal'
                GROUP BY 1, 2"""
        )
