from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source, product_source


class CrmFactDelivery(models.Model):
    """Deliveries: one row per product of a delivery to a customer, the planned ones too."""

    _name = "crm.fact.delivery"
    _description = "Deliveries"
    _inherit = "crm.fact.line"
    _log_access = False
    _order = "date_promised desc, id desc"
    _rec_name = "picking_id"

    _fact_link = "move_id"
    _fact_date = "date_promised"
    _fact_measures = ("amount", "amount_reporting", "quantity")
    _fact_sources = (
        Source(
            "stock_move",
            (
                *("state", "quantity", "product_qty", "product_id", "product_uom", "picking_id", "sale_line_id"),
                *("company_id", "date_deadline"),
            ),
            where="row.picking_id IS NOT NULL",
        ),
        Source(
            "stock_picking",
            ("picking_type_id", "date_done", "scheduled_date", "date_deadline", "partner_id"),
            expand="SELECT id FROM stock_move WHERE picking_id = ANY(%s)",
        ),
        Source(
            "sale_order",
            ("user_id", "team_id", "date_order", "currency_rate"),
            expand="SELECT move_id FROM crm_fact_delivery WHERE order_id = ANY(%s)",
        ),
        Source(
            "sale_order_line",
            ("price_subtotal", "product_uom_qty"),
            expand="SELECT id FROM stock_move WHERE sale_line_id = ANY(%s)",
        ),
        product_source("crm_fact_delivery", "move_id"),
        Source(
            "res_partner",
            ("commercial_partner_id",),
            expand="""SELECT move.id FROM stock_move AS move
                        JOIN stock_picking AS picking ON picking.id = move.picking_id
                       WHERE picking.partner_id = ANY(%s)""",
        ),
    )

    move_id = FactMany2one("stock.move", "Stock Move", required=True, readonly=True)
    picking_id = FactMany2one("stock.picking", "Delivery", readonly=True)
    order_id = FactMany2one("sale.order", "Order", readonly=True)
    date_promised = fields.Datetime("Promised for", readonly=True)
    date_done = fields.Datetime("Delivered on", readonly=True)
    status = fields.Selection([("planned", "Planned"), ("done", "Delivered"), ("cancel", "Cancelled")], readonly=True)
    days_late = fields.Float(readonly=True, aggregator="avg", help="After the promised moment; negative when early.")
    days_to_deliver = fields.Float(readonly=True, aggregator="avg", help="After the order.")
    late_count = fields.Integer("Late", readonly=True, help="Delivered on a later day than promised.")
    quantity = fields.Float(readonly=True, help="In the product's own unit.")
    amount = fields.Float("Value", readonly=True, help="At the order's prices, in the company's currency.")
    amount_reporting = fields.Float("Value (Reporting Currency)", readonly=True)

    _move_unique = models.Constraint("UNIQUE(move_id)", "A delivered product is counted once.")
    _promised_idx = models.Index("(date_promised)")
    _order_idx = models.Index("(order_id)")
    _customer_idx = models.Index("(commercial_partner_id)")
    _product_idx = models.Index("(product_id)")

    def _get_source_document(self):
        return self.picking_id

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS move_id, picking.id AS picking_id, orders.id AS order_id, due.date_promised,
                      done.date_done,
                      CASE source.state WHEN 'done' THEN 'done' WHEN 'cancel' THEN 'cancel' ELSE 'planned'
                      END AS status,
                      source.company_id, COALESCE(partner.commercial_partner_id, partner.id) AS commercial_partner_id,
                      source.product_id, template.categ_id AS product_categ_id, orders.user_id, orders.team_id,
                      (EXTRACT(EPOCH FROM done.date_done - due.date_promised) / 86400)::float8 AS days_late,
                      (EXTRACT(EPOCH FROM done.date_done - orders.date_order) / 86400)::float8 AS days_to_deliver,
                      COALESCE(done.date_done::date > due.date_promised::date, FALSE)::int AS late_count,
                      goods.quantity::float8 AS quantity, own.amount::float8 AS amount,
                      (own.amount * %(factor)s)::float8 AS amount_reporting
                 FROM stock_move AS source
                 JOIN stock_picking AS picking ON picking.id = source.picking_id
                 JOIN stock_picking_type AS kind ON kind.id = picking.picking_type_id AND kind.code = 'outgoing'
                 JOIN res_company AS company ON company.id = source.company_id
                 JOIN product_product AS product ON product.id = source.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id
                 LEFT JOIN uom_uom AS move_uom ON move_uom.id = source.product_uom
                 LEFT JOIN uom_uom AS uom ON uom.id = template.uom_id
                 LEFT JOIN sale_order_line AS line ON line.id = source.sale_line_id
                 LEFT JOIN sale_order AS orders ON orders.id = line.order_id
                 LEFT JOIN res_partner AS partner ON partner.id = picking.partner_id
                CROSS JOIN LATERAL (SELECT COALESCE(picking.date_deadline, source.date_deadline, picking.scheduled_date)
                      AS date_promised) AS due
                CROSS JOIN LATERAL (SELECT CASE WHEN source.state = 'done' THEN picking.date_done END
                      AS date_done) AS done
                CROSS JOIN LATERAL (SELECT CASE WHEN source.state = 'done'
                      THEN source.quantity * COALESCE(move_uom.factor, 1) / COALESCE(NULLIF(uom.factor, 0), 1)
                      ELSE source.product_qty END AS quantity) AS goods
                CROSS JOIN LATERAL (SELECT CASE WHEN source.state = 'done' THEN source.quantity
                      ELSE source.product_uom_qty END * line.price_subtotal / NULLIF(line.product_uom_qty, 0)
                      / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS amount) AS own
                WHERE %(where)s""",
            factor=self._get_reporting_factor(
                "company", SQL("COALESCE(picking.date_done, picking.scheduled_date)::date")
            ),
            where=where,
        )
