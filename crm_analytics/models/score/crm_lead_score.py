import json

from odoo import api, fields, models
from odoo.tools import SQL

HORIZONS = (30, 60, 90)
METHODS = [
    ("both", "Regression and trees"),
    ("regression", "Regression"),
    ("trees", "Decision trees"),
    ("stage_rate", "Rate of the stage"),
]


class CrmLeadScore(models.Model):
    """The chance of an open deal, beside the deal: refreshing all of them locks no deal and writes none."""

    _name = "crm.lead.score"
    _description = "Deal Score"
    _log_access = False
    _order = "chance desc, id"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", "Deal", required=True, readonly=True, ondelete="cascade", index=False)
    company_id = fields.Many2one(related="lead_id.company_id")
    company_currency = fields.Many2one(related="lead_id.company_currency")
    user_id = fields.Many2one(related="lead_id.user_id")
    team_id = fields.Many2one(related="lead_id.team_id")
    stage_id = fields.Many2one(related="lead_id.stage_id")
    partner_id = fields.Many2one(related="lead_id.partner_id")
    odoo_chance = fields.Float("Odoo's Probability", related="lead_id.probability")
    expected_revenue = fields.Monetary(related="lead_id.expected_revenue", currency_field="company_currency")
    date = fields.Datetime("Computed on", readonly=True)
    method = fields.Selection(METHODS, readonly=True)
    chance = fields.Float("Chance to Win", readonly=True, aggregator="avg")
    chance_30 = fields.Float("Won within 30 Days", readonly=True, aggregator="avg")
    chance_60 = fields.Float("Won within 60 Days", readonly=True, aggregator="avg")
    chance_90 = fields.Float("Won within 90 Days", readonly=True, aggregator="avg")
    low = fields.Float("At Least", readonly=True, aggregator=None, help="Of the rate of a stage, with 80 % certainty.")
    high = fields.Float("At Most", readonly=True, aggregator=None)
    expected_amount = fields.Float("Chance by Revenue", readonly=True, help="What it is worth on average.")
    reasons = fields.Json(readonly=True)
    reason = fields.Char("Main Reasons", compute="_compute_reason")

    _lead_unique = models.Constraint("UNIQUE(lead_id)", "A deal has one score.")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason(self):
        labels = self._get_labels()
        for score in self:
            score.reason = ", ".join(
                f"{labels[name]} {'+' if effect > 0 else '−'}{abs(effect):.0f}" for name, effect in score.reasons or []
            )

    @api.model
    def _get_labels(self):
        return {
            "stage_id": self.env._("stage"),
            "team_id": self.env._("team"),
            "user_id": self.env._("salesperson"),
            "source_id": self.env._("source"),
            "medium_id": self.env._("medium"),
            "campaign_id": self.env._("campaign"),
            "country_id": self.env._("country"),
            "age_days": self.env._("age"),
            "stage_days": self.env._("time in the stage"),
            "stages_passed": self.env._("steps made"),
            "pushes": self.env._("closing put off"),
            "revenue_log": self.env._("revenue"),
            "is_known": self.env._("customer has bought before"),
            "events": self.env._("contacts lately"),
            "quiet_days": self.env._("time since the last contact"),
            "deadline_days": self.env._("expected closing"),
            "pipeline_id": self.env._("pipeline"),
            "month": self.env._("season"),
            "answers": self.env._("answers of the customer"),
            "answer_rate": self.env._("how often the customer answers"),
            "silent_days": self.env._("time since the last answer"),
            "notes": self.env._("how often we wrote"),
            "orders": self.env._("orders of the customer"),
            "revenue_ratio": self.env._("size against the customer's usual order"),
            "deals_won": self.env._("deals that the customer gave us"),
            "deals_lost": self.env._("deals that the customer did not give us"),
        }

    def action_open_deal(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()

    @api.model
    def _store(self, rows, method, date):
        """Write the scores of all open deals by one statement; those of others go.

        :param rows: lists of deal, chance, chances within 30, 60 and 90 days, low, high, reasons
        """
        self.env.execute_query(SQL(_STORE, rows=json.dumps(rows), method=method, date=date))
        self.invalidate_model(flush=False)


# An update of rows that are there costs half of what an insert does that finds them there.
_STORE = """
    WITH given AS MATERIALIZED (
             SELECT (row ->> 0)::int AS lead_id, (row ->> 1)::float8 AS chance, (row ->> 2)::float8 AS chance_30,
                    (row ->> 3)::float8 AS chance_60, (row ->> 4)::float8 AS chance_90, (row ->> 5)::float8 AS low,
                    (row ->> 6)::float8 AS high, row -> 7 AS reasons
               FROM jsonb_array_elements(%(rows)s::jsonb) AS row),
         new AS MATERIALIZED (
             SELECT given.*, %(method)s AS method, %(date)s::timestamp AS date,
                    given.chance * lead.expected_revenue AS expected_amount
               FROM given JOIN crm_lead AS lead ON lead.id = given.lead_id),
         gone AS (
             DELETE FROM crm_lead_score AS score
              WHERE NOT EXISTS (SELECT FROM given WHERE given.lead_id = score.lead_id)),
         changed AS (
             UPDATE crm_lead_score AS score
                SET chance = new.chance, chance_30 = new.chance_30, chance_60 = new.chance_60,
                    chance_90 = new.chance_90, low = new.low, high = new.high, reasons = new.reasons,
                    method = new.method, date = new.date, expected_amount = new.expected_amount
               FROM new WHERE new.lead_id = score.lead_id)
    INSERT INTO crm_lead_score (lead_id, chance, chance_30, chance_60, chance_90, low, high, reasons, method, date,
                                expected_amount)
    SELECT lead_id, chance, chance_30, chance_60, chance_90, low, high, reasons, method, date, expected_amount
      FROM new WHERE NOT EXISTS (SELECT FROM crm_lead_score AS score WHERE score.lead_id = new.lead_id)
    ON CONFLICT (lead_id) DO NOTHING
    RETURNING id
"""
