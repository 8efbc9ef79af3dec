from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

HORIZON = 6  # months ahead
HISTORY = 72  # months that a forecast learns from, at most
SHOWN_HISTORY = 18  # months kept beside the forecast, for the picture


class CrmForecastRun(models.Model):
    """One forecast of a company's revenue; every one is kept, so that later it can be held against what came."""

    _name = "crm.forecast.run"
    _inherit = "crm.computation.mixin"
    _description = "Revenue Forecast"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    method = fields.Selection(
        [
            ("theta", "Theta method"),
            ("ets_theta", "AutoETS and Theta"),
            ("seasonal_naive", "Same month of last year"),
            ("mean", "Mean of a short history"),
            ("none", "No forecast"),
        ],
        readonly=True,
    )
    is_seasonal = fields.Boolean("Yearly Pattern", readonly=True, help="One was found and continued.")
    history_months = fields.Integer("Months of History", readonly=True, aggregator=None)
    error = fields.Float(
        "Back-test Error", readonly=True, aggregator=None, help="Sum of errors by sum of revenue, over past months."
    )
    baseline_error = fields.Float(
        "Error of Last Year's Month",
        readonly=True,
        aggregator=None,
        help="The error that taking the same month of last year would have made.",
    )
    point_ids = fields.One2many("crm.forecast.point", "run_id", "Months", readonly=True)

    _company_date_idx = models.Index("(company_id, date DESC)")

    @api.model
    def _cron_enqueue(self):
        """Ask for a forecast of each company that has revenue, and hold the former ones against what came."""
        self.env["crm.forecast.point"]._fill_in_actuals()
        companies = self.env["crm.fact.invoice"]._read_group([], ["company_id"])
        self._enqueue([{"company_id": company.id} for [company] in companies])

    def _get_title(self):
        return self.env._("Revenue forecast of %s", self.company_id.name)

    def _run(self):
        """Compute the forecast; this is the job. It may be repeated: the months are then written anew."""
        self.ensure_one()
        self.state = "running"
        self.env["crm.fact.invoice"]._refresh()
        months, total, parts = self._get_history()
        answer = self._ask_child("revenue", {"total": total, "parts": parts, "horizon": HORIZON})
        if answer:
            self._store(months, total, answer)

    def _store(self, months, total, answer):
        self.write(
            {
                "state": "done",
                "method": answer["method"],
                "history_months": answer["months"],
                "is_seasonal": answer.get("seasonal", False),
                "error": answer.get("error") or 0,
                "baseline_error": answer.get("baseline_error") or 0,
            }
        )
        self.message = self._get_message()
        self.point_ids.unlink()
        former = self.env["crm.forecast.point"].search(
            [("company_id", "=", self.company_id.id), ("is_latest", "=", True)]
        )
        former.is_latest = False
        self.env["crm.forecast.point"].create(self._prepare_points(months, total, answer))

    def _prepare_points(self, months, total, answer):
        common = {"run_id": self.id, "is_latest": True}
        actual = [
            {**common, "date": month, "kind": "actual", "amount_actual": amount, "is_complete": True}
            for month, amount in zip(months, total, strict=True)
        ]
        first = fields.Date.start_of(fields.Date.today(), "month")
        ahead = [
            {**common, "date": fields.Date.add(first, months=number), "kind": "forecast", **point}
            for number, point in enumerate(answer["points"])
        ]
        return actual[-SHOWN_HISTORY:] + ahead

    def _get_message(self):
        """What the reader has to know to trust the figures, or not to."""
        self.ensure_one()
        if self.method == "none":
            return self.env._("There is no invoiced revenue in a finished month yet, so nothing can be forecast.")
        if self.method == "mean":
            return self.env._(
                "Only %(months)s months of history: the forecast is their mean, with a wide interval. "
                "Trend and season can be seen after twelve months.",
                months=self.history_months,
            )
        text = self.env._(
            "Learned from %(months)s months. On past months this method was off by %(error)s %%.",
            months=self.history_months,
            error=round(100 * self.error, 1),
        )
        if self.baseline_error and self.method != "seasonal_naive":
            text += " " + self.env._(
                "Taking the same month of last year: %(error)s %%.", error=round(100 * self.baseline_error, 1)
            )
        return text

    def _get_history(self):
        """Revenue per finished month: the months, the company's total, and one series per sales team."""
        self.ensure_one()
        first_open = fields.Date.start_of(fields.Date.today(), "month")
        rows = self.env.execute_query(
            SQL(
                """SELECT date_trunc('month', date)::date, team_id, sum(amount) FROM crm_fact_invoice
                    WHERE company_id = %s AND date < %s AND date >= %s GROUP BY 1, 2 ORDER BY 1""",
                self.company_id.id,
                first_open,
                fields.Date.subtract(first_open, months=HISTORY),
            )
        )
        if not rows:
            return [], [], []
        months, month = [], rows[0][0]
        while month < first_open:
            months.append(month)
            month = fields.Date.add(month, months=1)
        by_team = defaultdict(lambda: dict.fromkeys(months, 0.0))
        for month, team_id, amount in rows:
            by_team[team_id][month] += amount
        parts = [list(amounts.values()) for amounts in by_team.values()]
        return months, [sum(amounts) for amounts in zip(*parts, strict=True)], parts if len(parts) > 1 else []
