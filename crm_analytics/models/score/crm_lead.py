from odoo import api, fields, models
from odoo.tools import SQL, str2bool

DRIVES = "crm_analytics.score_drives_probability"


class CrmLead(models.Model):
    """Deals show their score beside Odoo's own probability; by a setting it takes the place of it."""

    _inherit = "crm.lead"

    score_ids = fields.One2many("crm.lead.score", "lead_id", "Scores", readonly=True)
    score_chance = fields.Float("Chance by History", compute="_compute_score", search="_search_score_chance")
    score_chance_90 = fields.Float("Won within 90 Days", compute="_compute_score")
    score_reason = fields.Char("Why This Chance", compute="_compute_score")

    @api.depends("score_ids.chance")
    def _compute_score(self):
        for lead in self:
            score = lead.score_ids
            lead.score_chance = 100 * score.chance
            lead.score_chance_90 = 100 * score.chance_90
            lead.score_reason = score.reason

    @api.model
    def _search_score_chance(self, operator, value):
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        return [("score_ids.chance", operator, value / 100)]

    # ---- Odoo's probability

    @api.model
    def _is_driven_by_score(self):
        # sudo: a setting of the system
        return str2bool(self.env["ir.config_parameter"].sudo().get_param(DRIVES, "False"))

    def _pls_get_naive_bayes_probabilities(self, batch_mode=False, is_tooltip=False):
        """By the setting, the score is what Odoo's own computation of probabilities comes to."""
        probabilities, tooltip = super()._pls_get_naive_bayes_probabilities(batch_mode, is_tooltip)
        if not is_tooltip and self._is_driven_by_score():
            pending = self.filtered(lambda lead: lead.active and not lead.stage_id.is_won)
            # sudo: the score of a deal that is being computed, whoever changes it
            scores = self.env["crm.lead.score"].sudo().search([("lead_id", "in", pending.ids)])
            probabilities.update({score.lead_id.id: round(100 * score.chance, 2) for score in scores})
        return probabilities, tooltip

    def _update_automated_probabilities(self):
        """Odoo writes the probabilities past the revenue that depends on them, which would go stale."""
        result = super()._update_automated_probabilities()
        self._refresh_prorated_revenue()
        return result

    @api.model
    def _take_scores(self):
        """By the setting, give open deals their score as probability, where no person has set another one."""
        if not self._is_driven_by_score():
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead AS lead
                      SET automated_probability = new.chance,
                          probability = CASE
                              WHEN abs(COALESCE(probability, 0) - COALESCE(automated_probability, 0)) < 0.01
                              THEN new.chance ELSE probability END
                     FROM (SELECT lead_id, round((100 * chance)::numeric, 2) AS chance FROM crm_lead_score) AS new
                    WHERE new.lead_id = lead.id AND lead.active AND lead.won_status = 'pending'
                      AND lead.automated_probability IS DISTINCT FROM new.chance"""
            )
        )
        self._refresh_prorated_revenue()

    @api.model
    def _refresh_prorated_revenue(self):
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead AS lead SET prorated_revenue = now.amount
                     FROM (SELECT id, round((COALESCE(expected_revenue, 0) * COALESCE(probability, 0) / 100)::numeric,
                                            2) AS amount
                             FROM crm_lead WHERE active AND won_status = 'pending') AS now
                    WHERE now.id = lead.id AND lead.prorated_revenue IS DISTINCT FROM now.amount"""
            )
        )
        self.invalidate_model(["probability", "automated_probability", "prorated_revenue"], flush=False)
