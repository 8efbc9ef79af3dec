from odoo import api, fields, models
from odoo.tools import SQL

from . import points

# The formula of `points.py`: sums by group, each within its bounds; whole points, so that a day changes few rows.
REFRESH = """
    WITH earned AS (
            SELECT event.partner_id, type.kind,
                   LEAST(%(cap)s, GREATEST(0, SUM(type.engagement_points
                       * 0.5 ^ (EXTRACT(epoch FROM %(now)s - event.date)::float / 86400 / %(half_life)s)))) AS points
              FROM crm_event event JOIN crm_event_type type ON type.id = event.type_id
             WHERE type.id = ANY(%(types)s) AND event.partner_id IS NOT NULL
               AND event.date > %(since)s AND event.date <= %(now)s AND %(by_person)s
             GROUP BY 1, 2),
         scored AS MATERIALIZED (
            SELECT partner_id, LEAST(%(most)s, SUM(points))::numeric AS exact,
                   jsonb_object_agg(kind, round(points::numeric)) FILTER (WHERE points >= 0.5) AS explanation
              FROM earned GROUP BY 1 HAVING SUM(points) >= 1),
         gone AS (
            DELETE FROM crm_engagement known
             WHERE NOT EXISTS (SELECT FROM scored WHERE scored.partner_id = known.partner_id)),
         written AS (
            INSERT INTO crm_engagement AS known (partner_id, score, explanation)
            SELECT partner_id, floor(exact)::int, explanation FROM scored ORDER BY partner_id
            ON CONFLICT (partner_id) DO UPDATE SET score = EXCLUDED.score, explanation = EXCLUDED.explanation
             WHERE (known.score, known.explanation) IS DISTINCT FROM (EXCLUDED.score, EXCLUDED.explanation)
            RETURNING 1)
    SELECT COUNT(*) FROM written"""


class CrmEngagement(models.Model):
    """How much a contact is engaged now, and what by: beside the partner, whose row is wide."""

    _name = "crm.engagement"
    _inherit = "crm.partner.merge.mixin"
    _description = "Engagement of a Contact"
    _order = "score desc, id"
    _rec_name = "partner_id"
    _log_access = False

    _partner_merge_keys = (("partner_id",),)
    _partner_merge_order = "score DESC, id"

    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True, ondelete="cascade")
    score = fields.Integer(required=True, readonly=True, aggregator="avg")
    explanation = fields.Json(readonly=True)

    _one_per_contact = models.UniqueIndex("(partner_id)")
    _score_idx = models.Index("(score)")

    @api.model
    def _cron_refresh(self):
        """Bring all scores up to date in one statement, which writes what has changed only.

        :return: how many rows were written
        """
        self.env.flush_all()
        now = fields.Datetime.now()
        types = self.env["crm.event.type"].search([("engagement_points", "!=", 0)])
        [[count]] = self.env.execute_query(
            SQL(
                REFRESH,
                cap=points.CAP,
                most=points.MOST,
                half_life=points.HALF_LIFE_DAYS,
                now=now,
                since=fields.Datetime.subtract(now, days=points.DAYS),
                types=types.ids,
                by_person=self.env["link.tracker.click"]._is_by_person("event"),
            )
        )
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(["engagement_score", "engagement_reasons"])
        return count

    def _explain(self):
        """In words what the score is made of."""
        self.ensure_one()
        kinds = dict(self.env["crm.event.type"]._fields["kind"]._description_selection(self.env))
        parts = [
            f"{kinds.get(kind, kind)} {number}"
            for kind, number in sorted((self.explanation or {}).items(), key=lambda item: -item[1])
        ]
        return self.env._(
            "%(parts)s; half of it is gone in %(days)s days", parts=", ".join(parts), days=points.HALF_LIFE_DAYS
        )
