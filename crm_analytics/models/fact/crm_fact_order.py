from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source, product_source


class CrmFactOrder(models.Model):
    """Orders: one row per product line of a quotation or order, the cancelled ones too."""

    _name = "crm.fact.order"
    _description = "Orders"
    _inherit = "crm.fact.line"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "order_id"

    _fact_link = "line_id"
    _fact_date = "date"
    _fact_measures = ("amount", "amount_reporting", "quantity", "quantity_delivered", "quantity_invoiced")
    _fact_cubes = ("crm.fact.order.month",)
    _fact_sources = (
        Source(
            "sale_order_line",
            (
                *("order_id", "product_id", "product_uom_id", "product_uom_qty", "qty_delivered", "qty_invoiced"),
                *("price_subtotal", "discount", "display_type"),
            ),
            where="row.product_id IS NOT NULL",
        ),
        Source(
            "sale_order",
            (
                *("state", "date_order", "company_id", "partner_id", "user_id", "team_id", "currency_rate"),
                *("campaign_id", "medium_id", "source_id"),
            ),
            expand="SELECT id FROM sale_order_line WHERE order_id = ANY(%s)",
        ),
        product_source("crm_fact_order", "line_id"),
        Source(
            "res_partner",
            ("commercial_partner_id",),
            expand="""SELECT line.id FROM sale_order_line AS line JOIN sale_order AS orders ON orders.id = line.order_id
                       WHERE orders.partner_id = ANY(%s)""",
        ),
    )

    line_id = FactMany2one("sale.order.line", "Order Line", required=True, readonly=True)
    order_id = FactMany2one("sale.order", "Order", readonly=True)
    date = fields.Datetime("Order Date", readonly=True)
    state = fields.Selection(
        [("draft", "Quotation"), ("sent", "Quotation Sent"), ("sale", "Sales Order"), ("cancel", "Cancelled")],
        "Status",
        readonly=True,
    )
    campaign_id = FactMany2one("utm.campaign", "Campaign", readonly=True)
    medium_id = FactMany2one("utm.medium", "Medium", readonly=True)
    source_id = FactMany2one("utm.source", "Source", readonly=True)
    quantity = fields.Float(readonly=True, help="In the product's own unit.")
    quantity_delivered = fields.Float("Delivered", readonly=True)
    quantity_invoiced = fields.Float("Invoiced", readonly=True)
    discount = fields.Float("Discount %", readonly=True, aggregator="avg")
    amount = fields.Float("Ordered", readonly=True, help="Without taxes, in the company's currency.")
    amount_reporting = fields.Float("Ordered (Reporting Currency)", readonly=True)

    _line_unique = models.Constraint("UNIQUE(line_id)", "An order line is counted once.")
    _date_idx = models.Index("(date) INCLUDE (state, company_id, user_id, team_id, product_categ_id, amount)")
    _customer_idx = models.Index("(commercial_partner_id, date) INCLUDE (amount, state, order_id)")
    _order_idx = models.Index("(order_id)")
    _product_idx = models.Index("(product_id)")

    def _get_source_document(self):
        return self.order_id

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS line_id, orders.id AS order_id, orders.date_order AS date, orders.state,
                      orders.company_id, COALESCE(partner.commercial_partner_id, partner.id) AS commercial_partner_id,
                      source.product_id, template.categ_id AS product_categ_id, orders.user_id, orders.team_id,
                      orders.campaign_id, orders.medium_id, orders.source_id,
                      (source.product_uom_qty * unit.factor)::float8 AS quantity,
                      (source.qty_delivered * unit.factor)::float8 AS quantity_delivered,
                      (source.qty_invoiced * unit.factor)::float8 AS quantity_invoiced,
                      source.discount::float8 AS discount, own.amount::float8 AS amount,
                      (own.amount * %(factor)s)::float8 AS amount_reporting
                 FROM sale_order_line AS source
                 JOIN sale_order AS orders ON orders.id = source.order_id
                 JOIN res_company AS company ON company.id = orders.company_id
                 JOIN product_product AS product ON product.id = source.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id
                 LEFT JOIN uom_uom AS line_uom ON line_uom.id = source.product_uom_id
                 LEFT JOIN uom_uom AS uom ON uom.id = template.uom_id
                 LEFT JOIN res_partner AS partner ON partner.id = orders.partner_id
                CROSS JOIN LATERAL (
                      SELECT COALESCE(line_uom.factor, 1) / COALESCE(NULLIF(uom.factor, 0), 1) AS factor) AS unit
                CROSS JOIN LATERAL (
                      SELECT source.price_subtotal / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS amount) AS own
                WHERE source.display_type IS NULL AND %(where)s""",
            factor=self._get_reporting_factor("company", SQL("orders.date_order::date")),
            where=where,
        )
