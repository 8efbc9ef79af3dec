from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source, product_source


class CrmFactStock(models.Model):
    """Stock: one row per movement into or out of the company's own stock; added up until a day, what lay there."""

    _name = "crm.fact.stock"
    _description = "Stock"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "product_id"

    _fact_link = "move_id"
    _fact_date = "date"
    _fact_measures = ("quantity", "amount")
    _fact_sources = (
        Source(
            "stock_move",
            (
                *("state", "quantity", "product_id", "product_uom", "location_id", "location_dest_id", "company_id"),
                *("date", "value"),
            ),
            where="row.state = 'done'",
        ),
        product_source("crm_fact_stock", "move_id"),
    )

    move_id = FactMany2one("stock.move", "Stock Move", required=True, readonly=True)
    date = fields.Datetime(readonly=True)
    kind = fields.Selection(
        [
            ("supplier", "Receipts"),
            ("customer", "Deliveries and Returns"),
            ("inventory", "Adjustments"),
            ("production", "Production"),
            ("other", "Other"),
        ],
        readonly=True,
    )
    company_id = FactMany2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = FactMany2one("stock.warehouse", "Warehouse", readonly=True)
    product_id = FactMany2one("product.product", "Product", readonly=True)
    product_categ_id = FactMany2one("product.category", "Product Category", readonly=True)
    quantity_in = fields.Float("In", readonly=True, help="In the product's own unit.")
    quantity_out = fields.Float("Out", readonly=True)
    quantity = fields.Float(
        "Change", readonly=True, help="In less out: all of it until a day is the stock of that day."
    )
    amount = fields.Float(
        "Value", readonly=True, help="What it cost, in the company's currency; negative for what left."
    )

    _move_unique = models.Constraint("UNIQUE(move_id)", "A movement is counted once.")
    _product_idx = models.Index("(product_id, date)")
    _date_idx = models.Index("(date)")

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS move_id, source.date,
                      CASE WHEN far.usage IN ('supplier', 'customer', 'inventory', 'production') THEN far.usage
                           ELSE 'other' END AS kind,
                      source.company_id, near.warehouse_id, source.product_id, template.categ_id AS product_categ_id,
                      GREATEST(goods.quantity, 0)::float8 AS quantity_in,
                      GREATEST(-goods.quantity, 0)::float8 AS quantity_out, goods.quantity::float8 AS quantity,
                      (COALESCE(abs(source.value), 0) * sign(goods.quantity))::float8 AS amount
                 FROM stock_move AS source
                 JOIN stock_location AS origin ON origin.id = source.location_id
                 JOIN stock_location AS target ON target.id = source.location_dest_id
                 JOIN stock_location AS near ON near.id = CASE WHEN target.usage IN ('internal', 'transit')
                                                               THEN target.id ELSE origin.id END
                 JOIN stock_location AS far ON far.id = CASE WHEN near.id = target.id THEN origin.id ELSE target.id END
                 JOIN product_product AS product ON product.id = source.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id
                 LEFT JOIN uom_uom AS move_uom ON move_uom.id = source.product_uom
                 LEFT JOIN uom_uom AS uom ON uom.id = template.uom_id
                CROSS JOIN LATERAL (SELECT CASE WHEN near.id = target.id THEN 1 ELSE -1 END * source.quantity
                      * COALESCE(move_uom.factor, 1) / COALESCE(NULLIF(uom.factor, 0), 1) AS quantity) AS goods
                WHERE source.state = 'done'
                  AND (origin.usage IN ('internal', 'transit')) != (target.usage IN ('internal', 'transit'))
                  AND %s""",
            where,
        )
