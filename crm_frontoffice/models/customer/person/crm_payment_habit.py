from odoo import api, fields, models
from odoo.tools import SQL


class CrmPaymentHabit(models.Model):
    """How a customer usually pays, learned nightly from his payments; beside the partner, whose row is wide."""

    _name = "crm.payment.habit"
    _description = "Usual Way of Payment"
    _rec_name = "method_line_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    method_line_id = fields.Many2one(
        "account.payment.method.line", "Way of Payment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    method_count = fields.Integer("Payments This Way", required=True, readonly=True)
    payment_count = fields.Integer("Payments", required=True, readonly=True)

    _partner_unique = models.UniqueIndex("(partner_id)")

    @api.model
    def _cron_learn(self):
        """Two statements over all payments; only rows that differ are written."""
        self.env["account.payment"].flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_payment_habit AS known (partner_id, method_line_id, method_count, payment_count)
                   SELECT DISTINCT ON (partner_id) partner_id, payment_method_line_id, count(*),
                          sum(count(*)) OVER (PARTITION BY partner_id)
                     FROM account_payment
                    WHERE payment_type = 'inbound' AND state IN ('in_process', 'paid')
                      AND partner_id IS NOT NULL AND payment_method_line_id IS NOT NULL
                    GROUP BY partner_id, payment_method_line_id
                    ORDER BY partner_id, count(*) DESC, max(date) DESC, payment_method_line_id
                   ON CONFLICT (partner_id) DO UPDATE
                      SET method_line_id = EXCLUDED.method_line_id, method_count = EXCLUDED.method_count,
                          payment_count = EXCLUDED.payment_count
                    WHERE (known.method_line_id, known.method_count, known.payment_count)
                          IS DISTINCT FROM (EXCLUDED.method_line_id, EXCLUDED.method_count, EXCLUDED.payment_count)"""
            )
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_payment_habit habit WHERE NOT EXISTS (
                       SELECT FROM account_payment payment
                        WHERE payment.partner_id = habit.partner_id AND payment.payment_type = 'inbound'
                          AND payment.state IN ('in_process', 'paid'))"""
            )
        )
        self.invalidate_model()

    @api.model
    def _premerge_partners(self, source_ids, target_id):
        """Before partners become one: what was learned of one of them stays, until the next night learns anew."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_payment_habit WHERE partner_id = ANY(%s) AND id <> (
                       SELECT id FROM crm_payment_habit WHERE partner_id = ANY(%s)
                        ORDER BY payment_count DESC, id LIMIT 1)""",
                [*source_ids, target_id],
                [*source_ids, target_id],
            )
        )
        self.env.cr.execute(
            SQL("UPDATE crm_payment_habit SET partner_id = %s WHERE partner_id = ANY(%s)", target_id, list(source_ids))
        )
        self.invalidate_model()
