"""Facts of deals, whole and divided by product category: what a sales forecast is learned from and held against.

A deal is of no category until its products are known. From then on it counts for their categories, each by its share of
the amount; so at each past moment every deal is counted once, as it was known then. Its products are those that are
written on it, else those of its orders, else those of its newest quotation.
"""

from odoo.fields import Domain
from odoo.tools import SQL

# What is written more than a month after the deal was closed was brought in later: it counts from the beginning.
_PRODUCTS = """
    product AS (
        SELECT line.lead_id, line.product_id, line.price_subtotal AS amount, line.create_date AS date_known
          FROM crm_lead_line AS line
         UNION ALL
        SELECT offer.opportunity_id, line.product_id, line.price_subtotal, offer.date_known
          FROM (SELECT id, opportunity_id, min(create_date) OVER (PARTITION BY opportunity_id) AS date_known,
                       rank() OVER (PARTITION BY opportunity_id ORDER BY state = 'sale' DESC,
                                    CASE WHEN state != 'sale' THEN id END DESC) AS place
                  FROM sale_order WHERE opportunity_id IS NOT NULL AND state != 'cancel') AS offer
          JOIN sale_order_line AS line ON line.order_id = offer.id
         WHERE offer.place = 1 AND line.display_type IS NULL AND NOT COALESCE(line.is_downpayment, FALSE)
           AND NOT EXISTS (SELECT FROM crm_lead_line AS own WHERE own.lead_id = offer.opportunity_id)),
    known AS (
        SELECT product.lead_id, template.categ_id AS product_categ_id,
               min(min(product.date_known)) OVER deal AS date_known,
               CASE WHEN sum(sum(GREATEST(amount, 0))) OVER deal > 0
                    THEN sum(GREATEST(amount, 0)) / sum(sum(GREATEST(amount, 0))) OVER deal
                    ELSE count(*) / sum(count(*)) OVER deal END AS share
          FROM product
          JOIN product_product ON product_product.id = product.product_id
          JOIN product_template AS template ON template.id = product_product.product_tmpl_id
         GROUP BY product.lead_id, template.categ_id
        WINDOW deal AS (PARTITION BY product.lead_id)),
    part AS (
        SELECT FALSE AS is_divided, lead_id, NULL::int AS product_categ_id, 1::numeric AS share, TRUE AS is_last,
               '-infinity'::timestamp AS date_from, 'infinity'::timestamp AS date_until
          FROM crm_fact_deal
         UNION ALL
        SELECT TRUE, deal.lead_id, known.product_categ_id, known.share, TRUE, since.moment, 'infinity'
          FROM crm_fact_deal AS deal
          JOIN known ON known.lead_id = deal.lead_id
         CROSS JOIN LATERAL (SELECT CASE WHEN known.date_known > deal.date_closed + interval '30 days'
                                         THEN deal.date_created
                                         ELSE LEAST(known.date_known, deal.date_closed) END AS moment) AS since
         UNION ALL
        SELECT TRUE, deal.lead_id, NULL, 1, known.date_known IS NULL, '-infinity',
               CASE WHEN known.date_known > deal.date_closed + interval '30 days' THEN deal.date_created
                    WHEN known.date_known IS NOT NULL THEN LEAST(known.date_known, deal.date_closed)
                    ELSE 'infinity' END
          FROM crm_fact_deal AS deal
          LEFT JOIN (SELECT DISTINCT lead_id, date_known FROM known) AS known ON known.lead_id = deal.lead_id)
"""
PARTS = SQL(_PRODUCTS)

# Open revenue at each cut-off by stage and time in it, and what of it was won in each window after.
OPEN = """
    WITH told AS (
           SELECT fact.*, max(date_entered) FILTER (WHERE is_stage_move)
                          OVER (PARTITION BY lead_id ORDER BY date_entered, id) AS date_stage
             FROM crm_fact_stage AS fact WHERE %(company)s),
         %(parts)s
    SELECT part.is_divided, %(keys)s, tick.number, told.stage_id,
           width_bucket(EXTRACT(EPOCH FROM cut.moment - COALESCE(told.date_stage, told.date_entered))
                        / 86400, %(buckets)s::numeric[]),
           COALESCE(sum(told.amount * part.share), 0)::float8, %(won)s
      FROM told
      JOIN crm_fact_deal AS deal ON deal.lead_id = told.lead_id
      JOIN part ON part.lead_id = told.lead_id
     CROSS JOIN LATERAL (
           SELECT GREATEST(told.date_entered, part.date_from) AS date_from,
                  LEAST(COALESCE(told.date_left, %(now)s + interval '1 s'), part.date_until) AS date_until) AS stay
      JOIN LATERAL generate_series(
           GREATEST(ceil(EXTRACT(EPOCH FROM stay.date_from - %(begin)s) / %(step)s), 0)::int,
           LEAST(ceil(EXTRACT(EPOCH FROM stay.date_until - %(begin)s) / %(step)s) - 1,
                 %(steps)s)::int) AS tick (number) ON stay.date_from < stay.date_until
     CROSS JOIN LATERAL (
           SELECT %(begin)s + tick.number * %(step)s * interval '1 s' AS moment) AS cut
     CROSS JOIN LATERAL (
           SELECT CASE WHEN deal.status = 'won' AND part.is_last
                  THEN floor(EXTRACT(EPOCH FROM deal.date_closed - cut.moment) / %(step)s) END AS window) AS later
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""

# Deals by the window in which they began, or their products became known, and the one in which they were won.
DEALS = """
    WITH %(parts)s
    SELECT part.is_divided, %(keys)s,
           floor(EXTRACT(EPOCH FROM GREATEST(deal.date_created, part.date_from) - %(begin)s) / %(step)s)::int,
           CASE WHEN deal.status = 'won' AND part.is_last
                THEN floor(EXTRACT(EPOCH FROM deal.date_closed - %(begin)s) / %(step)s)::int END,
           sum(expected_revenue * part.share)::float8, sum((expected_revenue * part.share) ^ 2)::float8
      FROM crm_fact_deal AS deal
      JOIN part ON part.lead_id = deal.lead_id
     WHERE type = 'opportunity' AND date_created < %(now)s AND part.date_until > deal.date_created AND %(company)s
     GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

# What was won in the periods that are over, in the forecasts that were kept.
ACTUALS = """
    WITH %(parts)s
    UPDATE crm_sales_forecast_line AS line
       SET is_complete = TRUE, amount_actual = came.amount,
           deviation = COALESCE((line.amount - came.amount) / NULLIF(came.amount, 0), 0),
           is_inside = came.amount BETWEEN line.low_80 AND line.high_80
      FROM (SELECT past.id, COALESCE(sum(deal.expected_revenue * part.share), 0)::float8 AS amount
              FROM crm_sales_forecast_line AS past
              LEFT JOIN (crm_fact_deal AS deal JOIN part ON part.lead_id = deal.lead_id AND part.is_last)
                ON deal.status = 'won' AND COALESCE(deal.company_id, %(main)s) = past.company_id
               AND deal.date_closed >= past.date_from AND deal.date_closed < past.date_to + 1
               AND part.is_divided = (past.level = 'category')
               AND part.product_categ_id IS NOT DISTINCT FROM past.product_categ_id
               AND (past.team_id IS NULL OR deal.team_id = past.team_id)
               AND (past.user_id IS NULL OR deal.user_id = past.user_id)
               AND (past.country_id IS NULL OR deal.country_id = past.country_id)
               AND (past.country_group_id IS NULL OR deal.country_id IN (
                    SELECT grouped.res_country_id FROM res_country_res_country_group_rel AS grouped
                     WHERE grouped.res_country_group_id = past.country_group_id))
             WHERE past.kind = 'forecast' AND NOT COALESCE(past.is_complete, FALSE) AND past.date_to < %(today)s
             GROUP BY past.id) AS came
     WHERE came.id = line.id
"""


def get_deal_scope(level, record):
    """The facts of the deals that count for a team, a salesperson, a territory or a category, as a domain.

    Which of several quotations counts no domain can tell: all that are not cancelled do.
    """
    if level == "company":
        return []
    if level == "country_group":
        return [("country_id", "in", record.country_ids.ids)]
    if level != "category":
        return [(f"{level}_id", "=", record.id)]
    product = ("product_id.categ_id", "=", record.id) if record else ("product_id", "!=", False)
    written = Domain("lead_id.line_ids", "any", [product])
    offered = Domain("lead_id.order_ids", "any", [("state", "!=", "cancel"), ("order_line", "any", [product])])
    if not record:
        return list(~written & ~offered)
    return list(written | (Domain("lead_id.line_ids", "=", False) & offered))


def keys(alias):
    """The columns that tell whom a row counts for: its categories, or else its team, salesperson and country."""
    return SQL(
        "part.product_categ_id, %s",
        SQL(", ").join(
            SQL("CASE WHEN NOT part.is_divided THEN %s END", SQL.identifier(alias, name))
            for name in ("team_id", "user_id", "country_id")
        ),
    )
