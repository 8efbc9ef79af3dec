from odoo import api, fields, models

from ...forecasting.rates import stage_rates
from .crm_lead_score import METHODS


class CrmScoreRun(models.Model):
    """One training of the deal scores, and how good it was on days that it had not seen."""

    _name = "crm.score.run"
    _inherit = "crm.computation.mixin"
    _description = "Training of Deal Scores"

    method = fields.Selection(METHODS, readonly=True)
    deal_count = fields.Integer("Open Deals Scored", readonly=True, aggregator=None)
    won_count = fields.Integer("Won Deals Known", readonly=True, aggregator=None)
    lost_count = fields.Integer("Lost Deals Known", readonly=True, aggregator=None)
    tested_count = fields.Integer("Tried On", readonly=True, aggregator=None, help="Deals on days not learned from.")
    auc = fields.Float(
        "Ranking (AUC)",
        readonly=True,
        aggregator=None,
        help="How often a deal that is won had the higher chance. 0.5 is luck.",
    )
    brier = fields.Float("Brier Score", readonly=True, aggregator=None, digits=(16, 4), help="The lower, the better.")
    calibration_error = fields.Float(
        readonly=True,
        aggregator=None,
        help="How far what was said is from what came, on average over tenths of the deals.",
    )
    sum_ratio = fields.Float("Said by Came", readonly=True, aggregator=None, help="Sum of all chances by deals won.")
    baseline_auc = fields.Float("Ranking of the Stage's Rate", readonly=True, aggregator=None)
    baseline_brier = fields.Float("Brier Score of the Stage's Rate", readonly=True, aggregator=None, digits=(16, 4))
    curve = fields.Json("Calibration", readonly=True)
    curve_text = fields.Text("Said and Came", compute="_compute_curve_text")
    train_seconds = fields.Float("Learning (CPU s)", readonly=True, aggregator=None)
    score_seconds = fields.Float("Scoring (CPU s)", readonly=True, aggregator=None)

    @api.depends("curve")
    def _compute_curve_text(self):
        for run in self:
            run.curve_text = "\n".join(
                self.env._(
                    "said %(said)s %%, came %(came)s %% of %(deals)s deals",
                    said=round(100 * tenth["said"]),
                    came=round(100 * tenth["came"]),
                    deals=tenth["deals"],
                )
                for tenth in run.curve or []
            )

    @api.model
    def _cron_enqueue(self):
        self._enqueue([{}])

    def _get_title(self):
        return self.env._("Scores of open deals")

    def _run(self):
        """Learn and score; this is the job. It may be repeated: the scores are then written anew."""
        self.ensure_one()
        self.state = "running"
        for name in ("crm.fact.order", "crm.fact.event", "crm.fact.deal", "crm.fact.stage"):
            self.env[name]._refresh(limit=None)
        now = fields.Datetime.now()
        data = self.env["crm.score.data"]
        opened = data._get_open(now)
        answer = self._ask_child("score", lambda: data._get_request(now, opened, data._get_snapshots(now)))
        if answer:
            self._store(now, opened, answer)

    def _do_without(self, library):
        self.message = self.env._("The Python library %s is missing: the rate of the stage is shown instead.", library)
        return {"rows": None, "quality": {}}

    def _store(self, now, opened, answer):
        quality = answer["quality"]
        if answer["rows"] is None:
            method, rows = "stage_rate", self._get_stage_rate_rows(opened)
        else:
            method = quality.get("method") or "both"
            rows = [[*row[:5], None, None, row[5]] for row in answer["rows"]]
        self.env["crm.lead.score"]._store(rows, method, now)
        baseline = quality.get("baseline") or {}
        self.write(
            {
                "state": "done",
                "method": method,
                "deal_count": len(rows),
                "won_count": quality.get("won", 0),
                "lost_count": quality.get("lost", 0),
                "tested_count": quality.get("tested", 0),
                "baseline_auc": baseline.get("auc", 0),
                "baseline_brier": baseline.get("brier", 0),
                "curve": quality.get("curve"),
                **{name: quality.get(name, 0) for name in _FIGURES},
            }
        )
        self.message = self.message or self._get_message()
        self.env["crm.lead"]._take_scores()

    def _get_stage_rate_rows(self, opened):
        """What can be said with few deals: how many of those that were in the same stage were won, and how sure."""
        rates = stage_rates(self.env["crm.score.data"]._get_stage_counts())
        rows = []
        for row in opened:
            rate = rates.get(row[2], rates[None])
            rows.append((row[0], rate["chance"], None, None, None, rate["low"], rate["high"], []))
        return rows

    def _get_message(self):
        if self.method == "stage_rate":
            return self.env._(
                "Too little is known to learn from: %(won)s won and %(lost)s lost deals, or it was no better. "
                "Each deal shows the rate of its stage with its interval.",
                won=self.won_count,
                lost=self.lost_count,
            )
        if not self.tested_count:
            return self.env._("The history is too short to try the scores on days that they have not seen.")
        return self.env._(
            "On %(tested)s deals of days not learned from: chances add up to %(ratio)s times what was won; "
            "the Brier score is %(brier)s, that of the stage's rate %(baseline)s.",
            tested=self.tested_count,
            ratio=round(self.sum_ratio, 2),
            brier=round(self.brier, 3),
            baseline=round(self.baseline_brier, 3),
        )

    @api.autovacuum
    def _gc_old(self):
        """A year of trainings is enough to see whether they get better."""
        old = self.search([("date", "<", fields.Datetime.subtract(fields.Datetime.now(), years=1))], limit=1000)
        return old.unlink() and None


_FIGURES = ("auc", "brier", "calibration_error", "sum_ratio", "train_seconds", "score_seconds")
