from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_frontoffice.models.campaign.measure.attribution import ENDS, HALF_LIFE_DAYS

TOUCH_DAYS = 90  # before an invoice, in which a touch counts for it


class CrmMarketingCredit(models.Model):
    """Which part of an invoice is owed to which campaign, medium and source, by each way of dividing.

    Made anew each night from the facts. The ways are those of `crm_frontoffice`'s attribution, said in SQL: a company
    has millions of pairs of invoices and touches.
    """

    _name = "crm.marketing.credit"
    _description = "Revenue Owed to Marketing"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "move_id"

    move_id = fields.Many2one("account.move", "Invoice", readonly=True, index=True, ondelete="cascade")
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True, ondelete="cascade")
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    touch_count = fields.Integer("Touches", readonly=True, help="None: only the invoice itself tells where it is from.")
    revenue_first = fields.Float("Revenue (First Touch)", readonly=True)
    revenue_last = fields.Float("Revenue (Last Touch)", readonly=True)
    revenue_linear = fields.Float("Revenue (All Touches Alike)", readonly=True)
    revenue_position = fields.Float("Revenue (by Position)", readonly=True)
    revenue_decay = fields.Float("Revenue (the Later, the More)", readonly=True)

    _date_idx = models.Index("(date)")
    _campaign_idx = models.Index("(campaign_id, date)")

    def action_open_invoice(self):
        """Open the invoice that is divided."""
        self.ensure_one()
        return self.move_id.get_formview_action()

    @api.model
    def _get_touch_query(self):
        """Hook: what counts as a touch, as rows of customer, moment, campaign, medium and source.

        A message that was opened, clicked or answered, and a deal that tells where it came from.
        """
        return SQL(
            """SELECT commercial_partner_id, date, campaign_id, medium_id, source_id FROM crm_fact_touch
                WHERE opened_count + clicked_count + answered_count > 0
                UNION ALL
               SELECT commercial_partner_id, date_created, campaign_id, medium_id, source_id FROM crm_fact_deal
                WHERE COALESCE(campaign_id, medium_id, source_id) IS NOT NULL"""
        )

    @api.model
    def _rebuild(self):
        """Divide all invoices anew, in one statement."""
        self.env.flush_all()
        self.env.execute_query(SQL("DELETE FROM crm_marketing_credit"))
        self.env.execute_query(
            SQL(_DIVIDE, touches=self._get_touch_query(), days=TOUCH_DAYS, half=HALF_LIFE_DAYS, ends=ENDS)
        )
        self.invalidate_model(flush=False)


# Sale: an invoice as a whole. Touch: what of its customer came before. Weighed: the share of each touch by each way. An
# invoice without touches is owed to what stands on it.
_DIVIDE = """
    WITH sale AS (
            SELECT move_id, date, company_id, commercial_partner_id, campaign_id, medium_id, source_id,
                   sum(amount) AS amount
              FROM crm_fact_invoice GROUP BY 1, 2, 3, 4, 5, 6, 7
        ), touch AS (
            SELECT sale.move_id, sale.amount, told.campaign_id, told.medium_id, told.source_id,
                   row_number() OVER past AS place, count(*) OVER whole AS touches,
                   power(0.5, EXTRACT(EPOCH FROM sale.date + interval '1 day' - told.date) / 86400.0 / %(half)s)
                   AS fresh
              FROM sale
              JOIN (%(touches)s) AS told ON told.commercial_partner_id = sale.commercial_partner_id
               AND told.date < sale.date + interval '1 day' AND told.date >= sale.date - interval '1 day' * %(days)s
            WINDOW whole AS (PARTITION BY sale.move_id),
                   past AS (whole ORDER BY told.date, told.campaign_id, told.medium_id, told.source_id)
        ), weighed AS (
            SELECT move_id, amount, campaign_id, medium_id, source_id, (place = 1)::int::float8 AS first,
                   (place = touches)::int::float8 AS last, 1.0::float8 / touches AS linear,
                   CASE WHEN touches <= 2 THEN 1.0::float8 / touches WHEN place IN (1, touches) THEN %(ends)s
                        ELSE (1 - 2 * %(ends)s::float8) / (touches - 2) END AS position,
                   (fresh / sum(fresh) OVER (PARTITION BY move_id))::float8 AS decay
              FROM touch
        ), owed AS (
            SELECT move_id, campaign_id, medium_id, source_id, count(*) AS touches, sum(first) AS first,
                   sum(last) AS last, sum(linear) AS linear, sum(position) AS position, sum(decay) AS decay
              FROM weighed GROUP BY 1, 2, 3, 4
            UNION ALL
            SELECT move_id, campaign_id, medium_id, source_id, 0, 1, 1, 1, 1, 1 FROM sale
             WHERE NOT EXISTS (SELECT FROM touch WHERE touch.move_id = sale.move_id)
        )
        INSERT INTO crm_marketing_credit
               (move_id, date, company_id, commercial_partner_id, campaign_id, medium_id, source_id, touch_count,
                revenue_first, revenue_last, revenue_linear, revenue_position, revenue_decay)
        SELECT sale.move_id, sale.date, sale.company_id, sale.commercial_partner_id, owed.campaign_id, owed.medium_id,
               owed.source_id, owed.touches, sale.amount * owed.first, sale.amount * owed.last,
               sale.amount * owed.linear, sale.amount * owed.position, sale.amount * owed.decay
          FROM owed JOIN sale ON sale.move_id = owed.move_id
"""
