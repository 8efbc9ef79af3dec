from odoo import api, fields, models
from odoo.tools import SQL

# What is known of a deal on a day: links by their ids, then figures. The first one is that of the baseline.
CATEGORIES = (
    *("stage_id", "team_id", "user_id", "source_id", "medium_id", "campaign_id", "country_id"),
    *("pipeline_id", "month"),
)
NUMBERS = (
    *("age_days", "stage_days", "stages_passed", "pushes", "revenue_log", "is_known", "events", "quiet_days"),
    *("deadline_days", "answers", "answer_rate", "silent_days", "notes", "orders", "revenue_ratio"),
    *("deals_won", "deals_lost"),
)
STEP = 15  # days between two snapshots of a deal
STEPS = 48  # two years back
MOST_ROWS = 60000  # a sample of so many snapshots is as good as all of them


class CrmScoreData(models.AbstractModel):
    """Deals as they stood on past days: what a chance is learned from."""

    _name = "crm.score.data"
    _description = "Snapshots of Deals"

    @api.model
    def _get_snapshots(self, now, most=MOST_ROWS):
        """Deals on past days, with how they ended; a sample by chance, the same one each time.

        :return: rows of deal, moment in seconds, the features, status, moment of closing in seconds
        """
        cuts = SQL(
            """JOIN LATERAL generate_series(
                      GREATEST(ceil(EXTRACT(EPOCH FROM told.date_entered - begin.at) / begin.step), 0)::int,
                      LEAST(ceil(EXTRACT(EPOCH FROM COALESCE(told.date_left, %(now)s) - begin.at) / begin.step) - 1,
                            %(steps)s)::int) AS tick (number)
                   ON hashint8(told.lead_id::bigint * 1000 + tick.number) & 65535 < %(share)s
               CROSS JOIN LATERAL (SELECT begin.at + tick.number * begin.step * interval '1 s' AS moment) AS cut""",
            now=now,
            steps=STEPS - 1,
            share=int(65536 * self._get_share(now, most)) + 1,
        )
        known = SQL(
            """CASE WHEN deal.status IN ('won', 'lost') THEN deal.status ELSE 'open' END,
               CASE WHEN deal.status IN ('won', 'lost') THEN EXTRACT(EPOCH FROM deal.date_closed)::float8 END"""
        )
        return self._read(now, cuts, known, SQL("cut.moment < %s", now))

    @api.model
    def _get_open(self, now):
        """The deals that are open now, with the same features."""
        cuts = SQL("CROSS JOIN LATERAL (SELECT %s::timestamp AS moment) AS cut", now)
        where = "date_left IS NULL AND outcome = 'open'"
        of = SQL(f"lead_id IN (SELECT lead_id FROM crm_fact_stage WHERE {where})")
        return self._read(now, cuts, SQL("NULL, NULL"), SQL(where), of)

    @api.model
    def _get_request(self, now, opened, snapshots):
        """What the child learns and scores from, see `forecasting/score.py`."""
        return {
            "now": (now - fields.Datetime.to_datetime("1970-01-01")).total_seconds(),
            "categories": CATEGORIES,
            "numbers": NUMBERS,
            "train": snapshots,
            "open": [row[:-2] for row in opened],
        }

    @api.model
    def _get_share(self, now, most):
        """The share of all snapshots that may be taken."""
        days = self.env.execute_query(
            SQL(
                """SELECT sum(EXTRACT(EPOCH FROM COALESCE(date_left, %(now)s)
                                               - GREATEST(date_entered, %(since)s))) / 86400
                     FROM crm_fact_stage WHERE COALESCE(date_left, %(now)s) > %(since)s""",
                now=now,
                since=self._get_begin(now),
            )
        )[0][0]
        return min(most * STEP / float(days or 1), 1)

    @api.model
    def _get_begin(self, now):
        return SQL("(%s::timestamp - interval '1 day' * %s)", now, STEP * STEPS)

    @api.model
    def _read(self, now, cuts, known, where, of=None):
        """One statement for all snapshots; whatever it counts had happened by then.

        :param of: a condition on the history that leaves the whole one of each deal that is asked for
        """
        return self.env.execute_query(
            SQL(
                _SNAPSHOTS,
                begin=self._get_begin(now),
                step=STEP,
                cuts=cuts,
                known=known,
                where=where,
                of=of or SQL("TRUE"),
            )
        )

    @api.model
    def _get_stage_counts(self):
        """Deals that have ended, by each stage that they were in: all, and won."""
        return self.env.execute_query(
            SQL(
                """SELECT visit.stage_id, count(*), count(*) FILTER (WHERE deal.status = 'won')
                     FROM (SELECT DISTINCT lead_id, stage_id FROM crm_fact_stage
                            WHERE stage_id IS NOT NULL AND date_left IS DISTINCT FROM date_entered) AS visit
                     JOIN crm_fact_deal AS deal ON deal.lead_id = visit.lead_id AND deal.status IN ('won', 'lost')
                    GROUP BY visit.stage_id"""
            )
        )


# Told: how a deal stood, with what had been by then. Heard: what was heard of its customer lately. Said: who wrote
# how often about this deal, and the customer's last word. Bought, former: the customer's orders and other deals.
_SNAPSHOTS = """
    WITH begin AS (SELECT %(begin)s AS at, %(step)s * 86400.0 AS step),
             told AS (
                 SELECT fact.*, sum(entry_count) OVER past AS passed, sum(push_count) OVER past AS pushed,
                        max(date_entered) FILTER (WHERE is_stage_move) OVER past AS date_stage
                   FROM crm_fact_stage AS fact WHERE %(of)s
                 WINDOW past AS (PARTITION BY lead_id ORDER BY date_entered, id))
        SELECT told.lead_id, EXTRACT(EPOCH FROM cut.moment)::float8,
               told.stage_id, told.team_id, told.user_id, told.source_id, told.medium_id, told.campaign_id,
               told.country_id, told.pipeline_id, EXTRACT(MONTH FROM cut.moment)::int,
               age.days,
               (EXTRACT(EPOCH FROM cut.moment - COALESCE(told.date_stage, told.date_entered)) / 86400)::float8,
               told.passed::float8, told.pushed::float8, ln(1 + GREATEST(told.amount, 0))::float8,
               (bought.orders > 0)::int,
               COALESCE(heard.events, 0)::float8,
               (EXTRACT(EPOCH FROM cut.moment - heard.last) / 86400)::float8,
               CASE WHEN told.is_observed THEN (told.date_deadline - cut.moment::date)::float8 END,
               said.answers::float8, (said.answers * 30 / (age.days + 15))::float8,
               (EXTRACT(EPOCH FROM cut.moment - COALESCE(said.last, told.date_created)) / 86400)::float8,
               said.notes::float8, bought.orders::float8,
               CASE WHEN bought.amount > 0 AND told.amount > 0
                    THEN ln(told.amount * bought.orders / bought.amount)::float8 END,
               former.won::float8, former.lost::float8,
               %(known)s
          FROM told
         CROSS JOIN begin
         %(cuts)s
         CROSS JOIN LATERAL (
               SELECT (EXTRACT(EPOCH FROM cut.moment - told.date_created) / 86400)::float8 AS days) AS age
          JOIN crm_fact_deal AS deal ON deal.lead_id = told.lead_id
          LEFT JOIN LATERAL (
               SELECT count(*) AS events, max(event.date) AS last FROM crm_fact_event AS event
                WHERE event.commercial_partner_id = told.commercial_partner_id
                  AND event.date < cut.moment AND event.date >= cut.moment - interval '45 days'
                  AND event.kind IN ('message', 'contact', 'campaign')) AS heard ON TRUE
          LEFT JOIN LATERAL (
               SELECT count(*) FILTER (WHERE direction = 'in') AS answers,
                      count(*) FILTER (WHERE direction = 'out') AS notes,
                      max(event.date) FILTER (WHERE direction = 'in') AS last
                 FROM crm_fact_event AS event
                WHERE event.lead_id = told.lead_id AND event.date < cut.moment
                  AND event.kind IN ('message', 'contact')) AS said ON TRUE
          LEFT JOIN LATERAL (
               SELECT count(DISTINCT line.order_id) AS orders, sum(line.amount) AS amount FROM crm_fact_order AS line
                WHERE line.commercial_partner_id = told.commercial_partner_id AND line.state = 'sale'
                  AND line.date < cut.moment) AS bought ON TRUE
          LEFT JOIN LATERAL (
               SELECT count(*) FILTER (WHERE other.status = 'won') AS won,
                      count(*) FILTER (WHERE other.status = 'lost') AS lost
                 FROM crm_fact_deal AS other
                WHERE other.commercial_partner_id = told.commercial_partner_id AND other.date_closed < cut.moment
                  AND other.lead_id != told.lead_id) AS former ON TRUE
         WHERE %(where)s
"""
