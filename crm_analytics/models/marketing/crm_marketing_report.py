from odoo import api, fields, models
from odoo.tools import SQL

# The columns that the parts give, each with what it is where a part has none.
_MEASURES = (
    *("cost", "sent_count", "opened_count", "clicked_count", "lead_count", "won_count"),
    *("revenue_first", "revenue_last", "revenue_linear", "revenue_position", "revenue_decay"),
    *("reached_count", "reached_revenue", "control_count", "control_revenue"),
)
_KEYS = ("date", "company_id", "campaign_id", "medium_id", "source_id")


class CrmMarketingReport(models.Model):
    """What marketing costs and brings, by campaign, medium, source and month."""

    _name = "crm.marketing.report"
    _description = "Marketing Effectiveness"
    _auto = False
    _order = "date desc, id"
    _rec_name = "campaign_id"

    date = fields.Date("Month", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    cost = fields.Float(readonly=True)
    sent_count = fields.Integer("Messages Sent", readonly=True)
    opened_count = fields.Integer("Messages Opened", readonly=True)
    clicked_count = fields.Integer("Messages Clicked", readonly=True)
    lead_count = fields.Integer("Deals Begun", readonly=True)
    won_count = fields.Integer("Of These Won", readonly=True)
    revenue_first = fields.Float("Revenue (First Touch)", readonly=True)
    revenue_last = fields.Float("Revenue (Last Touch)", readonly=True)
    revenue_linear = fields.Float("Revenue (All Touches Alike)", readonly=True)
    revenue_position = fields.Float("Revenue (by Position)", readonly=True)
    revenue_decay = fields.Float("Revenue (the Later, the More)", readonly=True)
    reached_count = fields.Integer("Customers Reached", readonly=True)
    reached_revenue = fields.Float("Revenue of Those Reached", readonly=True)
    control_count = fields.Integer("Customers Held Out", readonly=True)
    control_revenue = fields.Float("Revenue of Those Held Out", readonly=True)
    revenue_of_cost = fields.Float(
        "Revenue of What Has a Cost",
        readonly=True,
        help="Of campaigns whose cost is known, all touches alike: what the return is computed from.",
    )
    return_percent = fields.Float(
        "Return %",
        readonly=True,
        aggregator="sum",
        help="Revenue of campaigns whose cost is known less this cost, in percent of it.",
    )
    effect = fields.Float(
        "More per Customer",
        readonly=True,
        aggregator="sum",
        help="Revenue of a customer reached less that of one held out. Empty where nobody was held out.",
    )

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of sums, not sums of ratios."""
        if aggregate_spec not in ("return_percent:sum", "effect:sum"):
            return super()._read_group_select(aggregate_spec, query)

        def total(name):
            return SQL("sum(%s)", self._field_to_sql(self._table, name, query))

        if aggregate_spec == "return_percent:sum":
            cost = total("cost")
            return SQL("100 * (%s - %s) / NULLIF(%s, 0)", total("revenue_of_cost"), cost, cost)
        return SQL(
            "%s / NULLIF(%s, 0) - %s / NULLIF(%s, 0)",
            *map(total, ("reached_revenue", "reached_count", "control_revenue", "control_count")),
        )

    @property
    def _table_query(self):
        measures = SQL(", ").join(SQL("sum(%s) AS %s", *[SQL.identifier(name)] * 2) for name in _MEASURES)
        keys = SQL(", ").join(map(SQL.identifier, _KEYS))
        parts = SQL(" UNION ALL ").join(self._pad(columns, query) for columns, query in self._get_parts())
        return SQL(
            """SELECT row_number() OVER (ORDER BY %(keys)s)::int AS id, cell.*,
                      100 * (revenue_linear - cost) / NULLIF(cost, 0) AS return_percent,
                      CASE WHEN sum(cost) OVER (PARTITION BY campaign_id) > 0 THEN revenue_linear ELSE 0
                       END AS revenue_of_cost,
                      reached_revenue / NULLIF(reached_count, 0) - control_revenue / NULLIF(control_count, 0) AS effect
                 FROM (SELECT %(keys)s, %(measures)s FROM (%(parts)s) AS part GROUP BY %(keys)s) AS cell""",
            keys=keys,
            measures=measures,
            parts=parts,
        )

    @api.model
    def _pad(self, columns, query):
        """A part with all columns in one order; what it does not tell is zero, or no campaign, medium, source."""
        return SQL(
            "SELECT date_trunc('month', date)::date AS date, company_id, %s FROM (%s) AS told",
            SQL(", ").join(
                SQL.identifier(name) if name in columns else SQL("%s AS %s", empty, SQL.identifier(name))
                for name, empty in (
                    *((name, SQL("NULL::int")) for name in _KEYS[2:]),
                    *((name, SQL("0::float8")) for name in _MEASURES),
                )
            ),
            query,
        )

    @api.model
    def _get_parts(self):
        """Pairs of the columns that a part tells and its query, which tells date and company as well."""
        where = ("campaign_id", "medium_id", "source_id")
        return [
            (("campaign_id", "cost"), self._get_cost_query()),
            (
                (*where, "sent_count", "opened_count", "clicked_count"),
                SQL(
                    """SELECT date, COALESCE(company_id, %s) AS company_id, campaign_id, medium_id, source_id,
                              sent_count, opened_count, clicked_count FROM crm_fact_touch""",
                    # Whoever gets a mailing may belong to no company; who sent it belongs to one.
                    self.env["res.company"]._get_main_company().id,
                ),
            ),
            (
                (*where, "lead_count", "won_count"),
                SQL(
                    """SELECT date_created AS date, company_id, campaign_id, medium_id, source_id, 1 AS lead_count,
                              (status = 'won')::int AS won_count
                         FROM crm_fact_deal WHERE COALESCE(campaign_id, medium_id, source_id) IS NOT NULL"""
                ),
            ),
            ((*where, *(name for name in _MEASURES if name.startswith("revenue_"))), self._get_credit_query()),
            (
                ("campaign_id", "reached_count", "reached_revenue", "control_count", "control_revenue"),
                SQL(_EFFECT),
            ),
        ]

    @api.model
    def _get_credit_query(self):
        """The parts of invoices that campaigns earned, as the front office divides them."""
        return SQL(
            """SELECT date, company_id, campaign_id, medium_id, source_id,
                      amount_first::float8 AS revenue_first, amount_last::float8 AS revenue_last,
                      amount_linear::float8 AS revenue_linear, amount_position::float8 AS revenue_position,
                      amount_decay::float8 AS revenue_decay
                 FROM crm_attribution WHERE COALESCE(campaign_id, medium_id, source_id) IS NOT NULL"""
        )

    @api.model
    def _get_cost_query(self):
        """What the plans of campaigns know: costs written down, bills of vendors, messages by their tariff."""
        return SQL(
            """SELECT month AS date, company_id, campaign_id, amount_actual AS cost
                 FROM (%s) AS plan WHERE amount_actual != 0""",
            self.env["crm.campaign.report"]._table_query,
        )

    def action_open_credits(self):
        """Open the parts of invoices that a row adds up."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_attribution_action")
        action["context"] = {}
        action["domain"] = [
            ("date", ">=", self.date),
            ("date", "<", fields.Date.add(self.date, months=1)),
            *((name, "=", self[name].id) for name in _KEYS[1:]),
        ]
        return action


# Of journeys with a hold-out: customers by the month in which they entered, and what they were invoiced afterwards, as
# the journey itself counts it.
_EFFECT = """
    SELECT participant.date_entered AS date, journey.company_id, journey.campaign_id,
           (participant.state != 'control')::int AS reached_count,
           CASE WHEN participant.state != 'control' THEN spent.amount ELSE 0 END AS reached_revenue,
           (participant.state = 'control')::int AS control_count,
           CASE WHEN participant.state = 'control' THEN spent.amount ELSE 0 END AS control_revenue
      FROM crm_journey_participant AS participant
      JOIN crm_journey AS journey ON journey.id = participant.journey_id
      JOIN res_partner AS partner ON partner.id = participant.partner_id
     CROSS JOIN LATERAL (
           SELECT COALESCE(sum(fact.amount), 0) AS amount FROM crm_fact_invoice AS fact
            WHERE fact.commercial_partner_id = partner.commercial_partner_id AND fact.company_id = journey.company_id
              AND fact.date >= participant.date_entered::date
              AND fact.date < participant.date_entered::date + journey.effect_days) AS spent
     WHERE participant.round = 1 AND journey.campaign_id IS NOT NULL AND EXISTS (
           SELECT FROM crm_journey_participant AS held
            WHERE held.journey_id = participant.journey_id AND held.state = 'control')
"""
