from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source, cube_statements, drop_statements

# The dimensions of the monthly cube, each as it follows from a fact.
CUBE_KEYS = {
    "date": "date_trunc('month', row.date)::date",
    "company_id": "row.company_id",
    "user_id": "row.user_id",
    "team_id": "row.team_id",
    "product_categ_id": "row.product_categ_id",
}


class CrmFactInvoice(models.Model):
    """Revenue: one row per product line of a posted customer invoice or credit note."""

    _name = "crm.fact.invoice"
    _description = "Revenue"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "move_id"

    _fact_link = "line_id"
    _fact_date = "date"
    _fact_measure = "amount"
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
        Source(
            "product_template",
            ("categ_id", "uom_id"),
            expand="""SELECT fact.line_id FROM crm_fact_invoice AS fact
                        JOIN product_product AS product ON product.id = fact.product_id
                       WHERE product.product_tmpl_id = ANY(%s)""",
        ),
    )

    line_id = FactMany2one("account.move.line", "Invoice Line", required=True, readonly=True)
    move_id = FactMany2one("account.move", "Invoice", readonly=True)
    date = fields.Date(readonly=True)
    company_id = FactMany2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    product_id = FactMany2one("product.product", "Product", readonly=True)
    product_categ_id = FactMany2one("product.category", "Product Category", readonly=True)
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    campaign_id = FactMany2one("utm.campaign", "Campaign", readonly=True)
    medium_id = FactMany2one("utm.medium", "Medium", readonly=True)
    source_id = FactMany2one("utm.source", "Source", readonly=True)
    quantity = fields.Float(readonly=True, help="In the product's own unit; negative on credit notes.")
    amount = fields.Float("Revenue", readonly=True, help="Without taxes, in the company's currency.")

    _line_unique = models.Constraint("UNIQUE(line_id)", "An invoice line is counted once.")
    _date_idx = models.Index("(date) INCLUDE (company_id, user_id, team_id, product_categ_id, amount)")
    _customer_idx = models.Index("(commercial_partner_id, date) INCLUDE (amount)")
    _move_idx = models.Index("(move_id)")

    def _get_source_document(self):
        return self.move_id

    @api.model
    def _rebuild(self):
        result = super()._rebuild()
        self.env["crm.fact.invoice.month"]._rebuild()
        return result

    @api.model
    def _check_drift(self):
        wrong = super()._check_drift()
        self.env["crm.fact.invoice.month"]._rebuild()
        return wrong

    @api.model
    def _get_capture_statements(self):
        yield from super()._get_capture_statements()
        yield from cube_statements(self._table, "crm_fact_invoice_month", CUBE_KEYS, ("quantity", "amount"))

    @api.model
    def _drop_capture(self):
        for statement in drop_statements(self._table, {self._table}):
            self.env.execute_query(statement)
        return super()._drop_capture()

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS line_id, move.id AS move_id, COALESCE(move.invoice_date, move.date) AS date,
                      move.company_id, move.commercial_partner_id, source.product_id,
                      template.categ_id AS product_categ_id, move.invoice_user_id AS user_id, move.team_id,
                      move.campaign_id, move.medium_id, move.source_id,
                      (CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END * source.quantity
                       * COALESCE(line_uom.factor, 1) / COALESCE(NULLIF(uom.factor, 0), 1))::float8 AS quantity,
                      (-source.balance)::float8 AS amount
                 FROM account_move_line AS source
                 JOIN account_move AS move ON move.id = source.move_id
                 LEFT JOIN product_product AS product ON product.id = source.product_id
                 LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
                 LEFT JOIN uom_uom AS line_uom ON line_uom.id = source.product_uom_id
                 LEFT JOIN uom_uom AS uom ON uom.id = template.uom_id
                WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
                  AND source.display_type = 'product' AND source.account_id IS NOT NULL AND %s""",
            where,
        )
