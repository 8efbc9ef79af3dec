from odoo import api, models
from odoo.tools import SQL


class CrmLeadMove(models.Model):
    """The stages that deals passed before their moves were kept, as far as the chatter tells."""

    _inherit = "crm.lead.move"

    @api.model
    def _begin_all(self):
        result = super()._begin_all()
        self._begin_past()
        return result

    @api.model
    def _begin_past(self):
        """Write the visits of stages that lie before the first move of a deal; nothing is written twice.

        Without a word about another stage, the deal was in its first one since it was created.

        The expected revenue is what the chatter tells, too. What it does not tell is as it was when the moves began.
        """
        self.flush_model()
        self.env.execute_query(SQL("ANALYZE crm_lead_move"))
        self.env.execute_query(SQL(_PAST, field=self._get_tracked("stage_id")))
        self._restore_revenue()
        self.invalidate_model()

    @api.model
    def _restore_revenue(self):
        """What a deal was expected to bring before the chatter told of a change: the figure of its end is hindsight."""
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead_move AS move SET expected_revenue = former.amount
                     FROM (SELECT DISTINCT ON (past.id) past.id, value.old_value_float AS amount
                             FROM crm_lead_move AS past
                             JOIN crm_lead AS lead ON lead.id = past.lead_id
                             JOIN mail_message AS message ON message.model = 'crm.lead' AND message.res_id = lead.id
                              AND message.date > past.date_entered
                             JOIN mail_tracking_value AS value ON value.mail_message_id = message.id
                              AND value.field_id = %s
                            WHERE past.mover_id IS NULL AND (past.date_left IS NOT NULL OR lead.won_status != 'pending')
                            ORDER BY past.id, message.date, value.id) AS former
                    WHERE move.id = former.id AND former.amount IS NOT NULL""",
                self._get_tracked("expected_revenue"),
            )
        )

    @api.model
    def _get_tracked(self, name):
        return self.env["ir.model.fields"]._get("crm.lead", name).id


# The first known move of each deal, what the chatter tells of stages before it, and from both the visits until then.
_PAST = """
    WITH first AS (
            SELECT DISTINCT ON (move.lead_id) move.*, lead.create_date
              FROM crm_lead_move AS move JOIN crm_lead AS lead ON lead.id = move.lead_id
             ORDER BY move.lead_id, move.date_entered, move.id
        ), told AS (
            SELECT first.id, first.lead_id, message.date, value.old_value_integer AS old_id,
                   value.new_value_integer AS new_id, value.id AS value_id
              FROM first
              JOIN mail_message AS message ON message.model = 'crm.lead' AND message.res_id = first.lead_id
              JOIN mail_tracking_value AS value ON value.mail_message_id = message.id
               AND value.field_id = %(field)s
             WHERE first.mover_id IS NULL AND first.create_date < first.date_entered
               AND message.date < first.date_entered
        ), visit AS (
            SELECT id, lead_id, date AS date_entered, new_id AS stage_id, old_id AS from_stage_id, value_id
              FROM told
            UNION ALL
            SELECT first.id, first.lead_id, first.create_date, born.old_id, NULL, 0
              FROM first
              JOIN (SELECT DISTINCT ON (id) id, old_id FROM told ORDER BY id, date, value_id) AS born
                ON born.id = first.id
        ), dated AS (
            SELECT visit.*, COALESCE(lead(visit.date_entered) OVER past, first.date_entered) AS date_left
              FROM visit JOIN first ON first.id = visit.id
            WINDOW past AS (PARTITION BY visit.id ORDER BY visit.date_entered, visit.value_id)
        ), last AS (
            SELECT DISTINCT ON (id) * FROM dated ORDER BY id, date_entered DESC, value_id DESC
        ), joined AS (
            UPDATE crm_lead_move AS move
               SET date_entered = CASE WHEN stays THEN COALESCE(last.date_entered, first.create_date)
                                       ELSE move.date_entered END,
                   duration_hours = EXTRACT(EPOCH FROM move.date_left - CASE WHEN stays
                       THEN COALESCE(last.date_entered, first.create_date)
                       ELSE move.date_entered END) / 3600,
                   from_stage_id = CASE WHEN stays THEN last.from_stage_id ELSE last.stage_id END
              FROM first
              LEFT JOIN last ON last.id = first.id
             CROSS JOIN LATERAL (
                   SELECT last.id IS NULL OR last.stage_id IS NOT DISTINCT FROM first.stage_id AS stays
                  ) AS same
             WHERE move.id = first.id AND first.mover_id IS NULL AND first.create_date < first.date_entered
        )
        INSERT INTO crm_lead_move
               (lead_id, date_entered, date_left, duration_hours, from_stage_id, stage_id, pipeline_id,
                user_id, team_id, company_id, expected_revenue, date_deadline, is_stage_move, is_push)
        SELECT dated.lead_id, dated.date_entered, dated.date_left,
               EXTRACT(EPOCH FROM dated.date_left - dated.date_entered) / 3600,
               origin.id, stage.id, first.pipeline_id, first.user_id, first.team_id, first.company_id,
               first.expected_revenue, first.date_deadline, TRUE, FALSE
          FROM dated
          JOIN first ON first.id = dated.id
          LEFT JOIN last ON last.id = dated.id AND last.value_id = dated.value_id
          LEFT JOIN crm_stage AS stage ON stage.id = dated.stage_id
          LEFT JOIN crm_stage AS origin ON origin.id = dated.from_stage_id
         WHERE last.id IS NULL OR dated.stage_id IS DISTINCT FROM first.stage_id
"""
