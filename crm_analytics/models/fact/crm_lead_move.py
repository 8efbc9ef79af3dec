from odoo import api, models
from odoo.tools import SQL


class CrmLeadMove(models.Model):
    """What is known of deals before their moves were kept, beyond the stages that the front office finds."""

    _inherit = "crm.lead.move"

    @api.model
    def _begin_all(self):
        result = super()._begin_all()
        self._begin_past()
        return result

    @api.model
    def _begin_past(self):
        """Let the history of each deal begin when it was created; nothing is changed twice.

        Without a word about another stage, the deal was in its first one since then. The expected revenue is what the
        chatter tells, too. What it does not tell is as it was when the moves began.
        """
        self.flush_model()
        self.env.execute_query(SQL("ANALYZE crm_lead_move"))
        self.env.execute_query(SQL(_SINCE_CREATION))
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
                self.env["ir.model.fields"]._get("crm.lead", "expected_revenue").id,
            )
        )


_SINCE_CREATION = """
    UPDATE crm_lead_move AS move
       SET date_entered = lead.create_date,
           duration_hours = EXTRACT(EPOCH FROM move.date_left - lead.create_date) / 3600
      FROM crm_lead AS lead
     WHERE lead.id = move.lead_id AND move.mover_id IS NULL AND move.from_stage_id IS NULL
       AND lead.create_date < move.date_entered
       AND NOT EXISTS (SELECT FROM crm_lead_move AS former
                        WHERE former.lead_id = move.lead_id AND former.date_entered < move.date_entered)
"""
