from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from . import deal_history
from .crm_sales_period import SUBJECTS


class CrmSalesOutlook(models.Model):
    """Of each period that has a target or a submission: these, beside what was won and what is forecast."""

    _name = "crm.sales.outlook"
    _description = "Target and Forecast"
    _inherit = "crm.sales.period"
    _auto = False
    _order = "date_from desc, span, level, team_id, user_id, id"
    _depends = {
        name: ["company_id", "span", "date_from", "date_to", "level", "team_id", "user_id", "product_categ_id", *own]
        for name, own in {
            "crm.sales.target": ["amount"],
            "crm.sales.submission": ["amount_commit", "amount_best", "is_override"],
        }.items()
    }

    home_team_id = fields.Many2one("crm.team", "Team", readonly=True, help="The team, or that of the salesperson.")
    amount_target = fields.Float("Target", readonly=True)
    amount_submitted = fields.Float("Submitted", readonly=True, help="The last word of whoever is meant.")
    amount_adjusted = fields.Float("Adjusted", readonly=True, help="The last word of who leads him.")
    amount_committed = fields.Float("Commitment", readonly=True, help="As adjusted, else as submitted.")
    amount_best = fields.Float("Best Case", readonly=True)
    submitter_id = fields.Many2one("res.users", "Said by", readonly=True)
    date_submitted = fields.Datetime("Said on", readonly=True)
    amount_won = fields.Float("Won so Far", readonly=True)
    amount_invoiced = fields.Float("Invoiced so Far", readonly=True)
    amount_low = fields.Float("Low (80 %)", readonly=True, help="Won, and the low end (80 %) of what is to come.")
    amount_likely = fields.Float("Likely", readonly=True, help="Won, and what is expected for the rest.")
    amount_high = fields.Float("High (80 %)", readonly=True, help="Won, and the high end (80 %) of what is to come.")
    amount_gap = fields.Float(
        "Gap", readonly=True, help="Likely less target; negative: so much is missing. Empty without one of them."
    )
    attainment = fields.Float("Won of Target %", readonly=True, aggregator="sum")
    is_submission_allowed = fields.Boolean(compute="_compute_is_submission_allowed")

    @api.depends_context("uid")
    def _compute_is_submission_allowed(self):
        scope = self.env.user._get_submission_scope()
        today = fields.Date.context_today(self)
        allowed = self.search([("id", "in", self.ids), ("date_to", ">=", today), *scope])
        for row in self:
            row.is_submission_allowed = row in allowed

    def _read_group_select(self, aggregate_spec, query):
        """Amounts are added up within a level and a length of period: all of them together would count twice."""
        name, _separator, aggregator = aggregate_spec.partition(":")
        if aggregator != "sum" or not (name.startswith("amount_") or name == "attainment"):
            return super()._read_group_select(aggregate_spec, query)
        level, span, won, target = (
            self._field_to_sql(self._table, part, query) for part in ("level", "span", "amount_won", "amount_target")
        )
        total = super()._read_group_select(aggregate_spec, query)
        if name == "attainment":
            # Of those that have a target.
            total = SQL("100 * sum(%s) FILTER (WHERE %s > 0) / NULLIF(sum(%s), 0)", won, target, target)
        return SQL("CASE WHEN count(DISTINCT (%s, %s)) = 1 THEN %s END", level, span, total)

    @property
    def _table_query(self):
        return SQL(
            _OUTLOOK,
            parts=deal_history.PARTS,
            main=self.env["res.company"]._get_main_company().id,
            today=fields.Date.today(),
        )

    # ---- what stands behind a row

    def action_submit(self):
        """Open an empty submission for the period and whom the row is about."""
        self.ensure_one()
        if not self.is_submission_allowed:
            raise AccessError(
                self.env._("Only %(subject)s and who leads may submit, until the period is over.", subject=self.subject)
            )
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_analytics.crm_sales_submission_action_new")
        values = {name: self[name].id for name in SUBJECTS.values()}
        values |= {"span": self.span, "date": self.date_from}
        action["context"] = {f"default_{name}": value for name, value in values.items()}
        return action

    def action_open_submissions(self):
        return self._open("crm_analytics.crm_sales_submission_action", self._get_period_domain())

    def action_open_won(self):
        return self._open(
            "crm_analytics.crm_fact_deal_action", [("status", "=", "won"), *self._get_dates("date_closed")]
        )

    def action_open_deals(self):
        return self._open("crm_analytics.crm_fact_deal_action", [("status", "=", "open"), ("type", "=", "opportunity")])

    def action_open_invoices(self):
        domain = [*self._get_dates("date"), ("company_id", "=", self.company_id.id)]
        domain += [(SUBJECTS[self.level], "=", self[SUBJECTS[self.level]].id)]
        return self._open("crm_analytics.crm_fact_invoice_action", domain)

    def _open(self, xmlid, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        if action["res_model"] == "crm.fact.deal":
            domain = [*domain, ("company_id", "in", [self.company_id.id, False]), *self._get_deal_scope()]
        action["domain"] = domain
        action["context"] = {}
        # The list comes first, where the action begins with a pivot.
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "list")
        return action

    def _get_deal_scope(self):
        return deal_history.get_deal_scope(self.level, self[SUBJECTS[self.level]])

    def _get_period_domain(self):
        self.ensure_one()
        keys = ("span", "date_from")
        return [(name, "=", self[name]) for name in keys] + [(name, "=", self[name].id) for name in SUBJECTS.values()]

    def _get_dates(self, name):
        self.ensure_one()
        return [(name, ">=", self.date_from), (name, "<", fields.Date.add(self.date_to, days=1))]


# The forecast of a period is what was won in it, and of each 30 days to come the share that lies in the rest of it. A
# period that the forecast does not reach to its end has none.
_OUTLOOK = """
    WITH %(parts)s,
         told AS (
         SELECT company_id, span, date_from, date_to, level, team_id, user_id, product_categ_id,
                id AS target, NULL::int AS submission, amount FROM crm_sales_target
          UNION ALL
         SELECT company_id, span, date_from, date_to, level, team_id, user_id, product_categ_id,
                NULL, id, NULL FROM crm_sales_submission),
         period AS NOT MATERIALIZED (
         SELECT company_id, span, date_from, date_to, level, team_id, user_id, product_categ_id,
                COALESCE(team_id, user_id, product_categ_id, 0) AS subject_id,
                COALESCE(min(target) * 2, min(submission) * 2 + 1) AS id, sum(amount)::float8 AS amount_target
           FROM told
          GROUP BY company_id, span, date_from, date_to, level, team_id, user_id, product_categ_id),
         said AS (
         SELECT DISTINCT ON (company_id, span, date_from, level, subject_id, is_override) company_id, span, date_from,
                level, COALESCE(team_id, user_id, product_categ_id, 0) AS subject_id, is_override,
                amount_commit::float8 AS amount, amount_best::float8 AS amount_best, create_uid, create_date
           FROM crm_sales_submission
          ORDER BY company_id, span, date_from, level, subject_id, is_override, id DESC),
         divided AS MATERIALIZED (
         SELECT COALESCE(deal.company_id, %(main)s) AS company_id, part.product_categ_id,
                deal.date_closed::date AS date, sum(deal.expected_revenue * part.share)::float8 AS amount
           FROM crm_fact_deal AS deal
           JOIN part ON part.lead_id = deal.lead_id AND part.is_divided AND part.is_last
          WHERE deal.status = 'won' AND part.product_categ_id IS NOT NULL
          GROUP BY 1, 2, 3)
    SELECT period.*, COALESCE(period.team_id, people.sale_team_id) AS home_team_id,
           own.amount AS amount_submitted, adjusted.amount AS amount_adjusted,
           COALESCE(adjusted.amount, own.amount) AS amount_committed,
           COALESCE(adjusted.amount_best, own.amount_best) AS amount_best,
           COALESCE(adjusted.create_uid, own.create_uid) AS submitter_id,
           COALESCE(adjusted.create_date, own.create_date) AS date_submitted,
           won.amount AS amount_won, billed.amount AS amount_invoiced, won.amount + ahead.low AS amount_low,
           won.amount + ahead.likely AS amount_likely, won.amount + ahead.high AS amount_high,
           won.amount + ahead.likely - period.amount_target AS amount_gap,
           100 * won.amount / period.amount_target AS attainment
      FROM period
      LEFT JOIN res_users AS people ON people.id = period.user_id
      LEFT JOIN said AS own
        ON (own.company_id, own.span, own.date_from, own.level, own.subject_id)
           = (period.company_id, period.span, period.date_from, period.level, period.subject_id)
       AND NOT own.is_override
      LEFT JOIN said AS adjusted
        ON (adjusted.company_id, adjusted.span, adjusted.date_from, adjusted.level, adjusted.subject_id)
           = (period.company_id, period.span, period.date_from, period.level, period.subject_id)
       AND adjusted.is_override
     CROSS JOIN LATERAL (
           SELECT COALESCE(sum(part.amount), 0) AS amount FROM (
                  SELECT sum(deal.expected_revenue) AS amount
                    FROM crm_fact_deal AS deal
                   WHERE period.level != 'category' AND deal.status = 'won'
                     AND deal.date_closed >= period.date_from AND deal.date_closed < period.date_to + 1
                     AND COALESCE(deal.company_id, %(main)s) = period.company_id
                     AND (period.team_id IS NULL OR deal.team_id = period.team_id)
                     AND (period.user_id IS NULL OR deal.user_id = period.user_id)
                   UNION ALL
                  SELECT sum(divided.amount) FROM divided
                   WHERE period.level = 'category' AND divided.product_categ_id = period.product_categ_id
                     AND divided.date BETWEEN period.date_from AND period.date_to
                     AND divided.company_id = period.company_id) AS part) AS won
     CROSS JOIN LATERAL (
           SELECT COALESCE(sum(cell.amount), 0) AS amount
             FROM crm_fact_invoice_month AS cell
            WHERE cell.date BETWEEN period.date_from AND period.date_to AND cell.company_id = period.company_id
              AND (period.team_id IS NULL OR cell.team_id = period.team_id)
              AND (period.user_id IS NULL OR cell.user_id = period.user_id)
              AND (period.product_categ_id IS NULL OR cell.product_categ_id = period.product_categ_id)) AS billed
      LEFT JOIN LATERAL (
           SELECT COALESCE(sum(line.amount * rest.share), 0) AS likely,
                  COALESCE(sum(line.low_80 * rest.share), 0) AS low,
                  COALESCE(sum(line.high_80 * rest.share), 0) AS high
             FROM crm_sales_forecast_line AS line
            CROSS JOIN LATERAL (
                  SELECT GREATEST(LEAST(line.date_to, period.date_to) + 1
                                  - GREATEST(line.date_from, period.date_from, %(today)s + 1), 0)::float8
                         / (line.date_to - line.date_from + 1) AS share) AS rest
            WHERE line.is_latest AND line.span = 'window' AND line.company_id = period.company_id
              AND line.level = period.level AND line.team_id IS NOT DISTINCT FROM period.team_id
              AND line.user_id IS NOT DISTINCT FROM period.user_id
              AND line.product_categ_id IS NOT DISTINCT FROM period.product_categ_id
           HAVING period.date_to <= GREATEST(max(line.date_to), %(today)s)) AS ahead ON TRUE
"""
