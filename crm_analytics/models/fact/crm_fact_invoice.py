from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source, product_source


class CrmFactInvoice(models.Model):
    """Revenue: one row per product line of a posted customer invoice or credit note."""

    _name = "crm.fact.invoice"
    _description = "Revenue"
    _inherit = "crm.fact.line"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "move_id"

    _fact_link = "line_id"
    _fact_date = "date"
    _fact_measures = ("amount", "amount_reporting", "quantity", "cost")
    _fact_cubes = ("crm.fact.invoice.month", "crm.fact.invoice.day")
    _fact_sources = (
        Source(
            "account_move_line",
            ("move_id", "balance", "quantity", "product_id", "product_uom_id", "display_type", "account_id"),
            # A draft is of no interest: what makes it an invoice is an update of its move.
            where="""row.display_type = 'product' AND EXISTS (
                         SELECT FROM account_move AS move WHERE move.id = row.move_id AND move.state != 'draft')""",
        ),
        Source(
            "account_move",
            (
                *("state", "move_type", "invoice_date", "date", "company_id", "commercial_partner_id"),
                *("invoice_user_id", "team_id", "campaign_id", "medium_id", "source_id"),
            ),
            where="row.move_type IN ('out_invoice', 'out_refund')",
            expand="""WITH changed AS (SELECT unnest(%s::int[]) AS id)
                      SELECT line.id FROM account_move_line AS line JOIN changed ON changed.id = line.move_id
                       WHERE line.display_type = 'product'
                       UNION
                      SELECT fact.line_id FROM crm_fact_invoice AS fact JOIN changed ON changed.id = fact.move_id""",
        ),
        product_source("crm_fact_invoice", "line_id"),
        Source(
            "stock_move",
            ("value", "quantity", "state", "sale_line_id"),
            where="row.sale_line_id IS NOT NULL AND row.state = 'done'",
            expand="""SELECT billed.invoice_line_id FROM sale_order_line_invoice_rel AS billed
                        JOIN stock_move AS move ON move.sale_line_id = billed.order_line_id WHERE move.id = ANY(%s)""",
        ),
    )

    line_id = FactMany2one("account.move.line", "Invoice Line", required=True, readonly=True)
    move_id = FactMany2one("account.move", "Invoice", readonly=True)
    date = fields.Date(readonly=True)
    campaign_id = FactMany2one("utm.campaign", "Campaign", readonly=True)
    medium_id = FactMany2one("utm.medium", "Medium", readonly=True)
    source_id = FactMany2one("utm.source", "Source", readonly=True)
    quantity = fields.Float(readonly=True, help="In the product's own unit; negative on credit notes.")
    amount = fields.Float("Revenue", readonly=True, help="Without taxes, in the company's currency.")
    amount_reporting = fields.Float("Revenue (Reporting Currency)", readonly=True)
    cost = fields.Float(
        readonly=True,
        groups="sales_team.group_sale_salesman_all_leads",
        help="What the goods cost when they were delivered; else the cost of the product on the day of the invoice.",
    )
    margin = fields.Float(readonly=True, groups="sales_team.group_sale_salesman_all_leads", help="Revenue less cost.")

    _line_unique = models.Constraint("UNIQUE(line_id)", "An invoice line is counted once.")
    _date_idx = models.Index("(date) INCLUDE (company_id, user_id, team_id, product_categ_id, amount)")
    _customer_idx = models.Index("(commercial_partner_id, date) INCLUDE (amount)")
    _move_idx = models.Index("(move_id)")

    def _get_source_document(self):
        return self.move_id

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS line_id, move.id AS move_id, booked.date, move.company_id,
                      move.commercial_partner_id, source.product_id,
                      template.categ_id AS product_categ_id, move.invoice_user_id AS user_id,
                      move.team_id, move.campaign_id, move.medium_id, move.source_id, sold.quantity::float8 AS quantity,
                      (-source.balance)::float8 AS amount, (-source.balance * %(factor)s)::float8 AS amount_reporting,
                      (sold.quantity * unit.cost)::float8 AS cost,
                      (-source.balance - sold.quantity * unit.cost)::float8 AS margin
                 FROM account_move_line AS source
                 JOIN account_move AS move ON move.id = source.move_id
                 JOIN res_company AS company ON company.id = move.company_id
                 LEFT JOIN product_product AS product ON product.id = source.product_id
                 LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
                 LEFT JOIN uom_uom AS line_uom ON line_uom.id = source.product_uom_id
                 LEFT JOIN uom_uom AS uom ON uom.id = template.uom_id
                CROSS JOIN LATERAL (SELECT COALESCE(move.invoice_date, move.date) AS date) AS booked
                CROSS JOIN LATERAL (
                      SELECT CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END * source.quantity
                             * COALESCE(line_uom.factor, 1) / COALESCE(NULLIF(uom.factor, 0), 1) AS quantity) AS sold
                CROSS JOIN LATERAL (SELECT %(cost)s AS cost) AS unit
                WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
                  AND source.display_type = 'product' AND source.account_id IS NOT NULL AND %(where)s""",
            factor=self._get_reporting_factor("company", SQL("booked.date")),
            cost=self._get_unit_cost(),
            where=where,
        )

    @api.model
    def _get_unit_cost(self):
        """Cost of a unit: of the goods that left, else the product's on that day, as Odoo finds it, else today's."""
        values = SQL(
            """SELECT value.value FROM product_value AS value
                WHERE value.product_id = product.id AND value.move_id IS NULL AND value.lot_id IS NULL
                  AND value.company_id = move.company_id"""
        )
        return SQL(
            """COALESCE(
                (SELECT sum(abs(gone.value)) / NULLIF(sum(gone.quantity * gone_uom.factor), 0) * COALESCE(uom.factor, 1)
                   FROM sale_order_line_invoice_rel AS billed
                   JOIN stock_move AS gone ON gone.sale_line_id = billed.order_line_id
                   JOIN uom_uom AS gone_uom ON gone_uom.id = gone.product_uom
                  WHERE billed.invoice_line_id = source.id AND gone.product_id = source.product_id
                    AND gone.state = 'done' AND gone.is_out AND gone.value != 0),
                (%(values)s AND value.date <= booked.date ORDER BY value.date DESC, value.id DESC LIMIT 1),
                (%(values)s ORDER BY value.date, value.id LIMIT 1),
                (product.standard_price ->> move.company_id::text)::float8, 0)::float8""",
            values=values,
        )
