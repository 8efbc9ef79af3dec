from odoo import api, fields, models
from odoo.tools import SQL

from . import attribution

BATCH = 20_000  # events of the log that are looked at in one transaction
READER = "attribution"
COLUMNS = ("amount_first", "amount_last", "amount_linear", "amount_position", "amount_decay")

# Invoice lines of customers, and when what they are for was sold: a credit note takes back what its invoice gave.
LINES = """
    SELECT line.id, move.commercial_partner_id AS customer, move.company_id, move.invoice_date,
           -line.balance AS amount,
           COALESCE((SELECT MIN(sale.date_order) FROM sale_order_line_invoice_rel relation
                       JOIN sale_order_line sold ON sold.id = relation.order_line_id
                       JOIN sale_order sale ON sale.id = sold.order_id
                      WHERE relation.invoice_line_id = line.id),
                    COALESCE(reversed.invoice_date, move.invoice_date) + interval '1 day') AS moment
      FROM account_move move
      JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
      LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
     WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
       AND move.commercial_partner_id = ANY(%(customers)s)"""

# Each line with the touches before its sale; the formulas are those of `attribution.py`.
CREDITS = """
    SELECT line.id AS line_id, line.customer, line.company_id, line.invoice_date, line.amount, touch.id AS event_id,
           touch.campaign_id, touch.medium_id, touch.source_id, touch.type_id, touch.date AS touch_date,
           CASE WHEN touches IS NULL OR place = 1 THEN 1 ELSE 0 END AS first,
           CASE WHEN touches IS NULL OR place = touches THEN 1 ELSE 0 END AS last,
           COALESCE(1.0 / touches, 1) AS linear,
           CASE WHEN touches IS NULL THEN 1 WHEN touches <= 2 THEN 1.0 / touches
                WHEN place IN (1, touches) THEN %(ends)s
                ELSE (1 - 2 * %(ends)s) / (touches - 2) END AS position,
           COALESCE(nearness / SUM(nearness) OVER (PARTITION BY line.id), 1) AS decay
      FROM (SELECT line.*, event.id AS touch_id,
                   CASE WHEN event.id IS NOT NULL
                        THEN ROW_NUMBER() OVER (PARTITION BY line.id ORDER BY event.date, event.id) END AS place,
                   CASE WHEN event.id IS NOT NULL THEN COUNT(*) OVER (PARTITION BY line.id) END AS touches,
                   CASE WHEN event.id IS NOT NULL
                        THEN 0.5 ^ (EXTRACT(epoch FROM line.moment - event.date)::float / 86400 / %(half_life)s)
                   END AS nearness
              FROM (%(lines)s) AS line
              LEFT JOIN crm_event event
                ON event.commercial_partner_id = line.customer AND event.type_id = ANY(%(types)s)
               AND event.date <= line.moment AND event.date > line.moment - %(lookback)s * interval '1 day'
               AND (event.company_id IS NULL OR event.company_id = line.company_id) AND %(by_person)s) AS line
      LEFT JOIN crm_event touch ON touch.id = line.touch_id"""

REFRESH = """
    WITH wanted AS MATERIALIZED (%(credits)s),
         gone AS (
            DELETE FROM crm_attribution known
             WHERE known.partner_id = ANY(%(customers)s) AND NOT EXISTS (
                   SELECT FROM wanted
                    WHERE wanted.line_id = known.move_line_id
                      AND COALESCE(wanted.event_id, 0) = COALESCE(known.event_id, 0)))
    INSERT INTO crm_attribution AS known (
           move_line_id, event_id, partner_id, company_id, date, touch_date, campaign_id, medium_id, source_id, type_id,
           amount_first, amount_last, amount_linear, amount_position, amount_decay)
    SELECT line_id, event_id, customer, company_id, invoice_date, touch_date, campaign_id, medium_id, source_id,
           type_id, amount * first, amount * last, amount * linear, amount * position, (amount * decay)::numeric
      FROM wanted ORDER BY line_id, event_id
    ON CONFLICT (move_line_id, COALESCE(event_id, 0)) DO UPDATE
       SET partner_id = EXCLUDED.partner_id, date = EXCLUDED.date, campaign_id = EXCLUDED.campaign_id,
           medium_id = EXCLUDED.medium_id, source_id = EXCLUDED.source_id, amount_first = EXCLUDED.amount_first,
           amount_last = EXCLUDED.amount_last, amount_linear = EXCLUDED.amount_linear,
           amount_position = EXCLUDED.amount_position, amount_decay = EXCLUDED.amount_decay
     WHERE (known.partner_id, known.date, known.campaign_id, known.medium_id, known.source_id,
            round(known.amount_first, 4), round(known.amount_last, 4), round(known.amount_linear, 4),
            round(known.amount_position, 4), round(known.amount_decay, 4))
           IS DISTINCT FROM
           (EXCLUDED.partner_id, EXCLUDED.date, EXCLUDED.campaign_id, EXCLUDED.medium_id, EXCLUDED.source_id,
            round(EXCLUDED.amount_first, 4), round(EXCLUDED.amount_last, 4), round(EXCLUDED.amount_linear, 4),
            round(EXCLUDED.amount_position, 4), round(EXCLUDED.amount_decay, 4))
    RETURNING id"""

# Invoices that were taken back to draft, of which the log tells nothing.
DROP_UNPOSTED = """
    DELETE FROM crm_attribution known USING account_move_line line
     WHERE line.id = known.move_line_id AND line.parent_state <> 'posted'"""

# Invoices that were changed and posted again, of which it tells nothing either.
POSTED_AGAIN = """
    SELECT DISTINCT commercial_partner_id FROM account_move
     WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund') AND write_date > %s
       AND commercial_partner_id IS NOT NULL"""
AGAIN_HOURS = 6  # several runs of the cron


class CrmAttribution(models.Model):
    """What an invoice line owes to a touch before its sale, by five ways of dividing it, side by side.

    A line without any touch has one row that names none: the rows of a line come to its amount, in each way.
    """

    _name = "crm.attribution"
    _description = "Revenue by Touch"
    _order = "date desc, id desc"
    _rec_name = "move_line_id"
    _log_access = False

    move_line_id = fields.Many2one(
        "account.move.line", "Invoice Line", required=True, readonly=True, ondelete="cascade"
    )
    event_id = fields.Many2one("crm.event", "Touch", readonly=True, index="btree_not_null", ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Invoiced", readonly=True)
    touch_date = fields.Datetime("Touched", readonly=True)
    type_id = fields.Many2one("crm.event.type", "Kind of Touch", readonly=True, ondelete="set null")
    campaign_id = fields.Many2one("utm.campaign", readonly=True, index="btree_not_null", ondelete="set null")
    medium_id = fields.Many2one("utm.medium", readonly=True, ondelete="set null")
    source_id = fields.Many2one("utm.source", readonly=True, ondelete="set null")
    amount_first = fields.Monetary("First Touch", readonly=True)
    amount_last = fields.Monetary("Last Touch", readonly=True)
    amount_linear = fields.Monetary("All Alike", readonly=True)
    amount_position = fields.Monetary("First and Last More", readonly=True)
    amount_decay = fields.Monetary("The Nearer the More", readonly=True)

    _one_per_touch = models.UniqueIndex("(move_line_id, COALESCE(event_id, 0))")

    @api.model
    def _refresh(self, partner_ids):
        """Divide the invoiced revenue of these customers anew, and write what has changed only.

        :return: how many rows were written
        """
        if not partner_ids:
            return 0
        self.env.flush_all()
        types = self.env["crm.event.type"].search([("is_touch", "=", True)])
        customers = list(partner_ids)
        credits = SQL(
            CREDITS,
            ends=attribution.ENDS,
            half_life=attribution.HALF_LIFE_DAYS,
            lookback=attribution.LOOKBACK_DAYS,
            lines=SQL(LINES, customers=customers),
            types=types.ids,
            by_person=self.env["link.tracker.click"]._is_by_person("event"),
        )
        rows = self.env.execute_query(SQL(REFRESH, credits=credits, customers=customers))
        self.invalidate_model()
        return len(rows)

    @api.model
    def _refresh_next(self, limit=BATCH):
        """The customers of the next events of the log.

        :return: how many events were looked at
        """
        cursor = self.env["crm.event.cursor"]._get(READER)
        rows = self.env.execute_query(
            SQL(
                """SELECT id, transaction, commercial_partner_id FROM crm_event
                    WHERE (transaction, id) > (%s, %s) AND transaction < %s ORDER BY transaction, id LIMIT %s""",
                cursor.transaction,
                cursor.last_id,
                self.env["crm.event"]._horizon(),
                limit,
            )
        )
        if rows:
            self._refresh({row[2] for row in rows if row[2]})
            cursor.write({"transaction": rows[-1][1], "last_id": rows[-1][0]})
        return len(rows)

    @api.model
    def _cron_refresh(self):
        self.env.flush_all()
        self.env.cr.execute(DROP_UNPOSTED)
        self.invalidate_model()
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=AGAIN_HOURS)
        self._refresh({row[0] for row in self.env.execute_query(SQL(POSTED_AGAIN, since))})
        while count := self._refresh_next():
            if not self.env["ir.cron"]._commit_progress(count):
                break
