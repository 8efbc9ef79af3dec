from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from . import deal_history
from .crm_sales_forecast import LEVELS, QUARTER, WINDOW


class CrmSalesForecastLine(models.Model):
    """What a company, a team, a salesperson, a territory or a product category is expected to bring, and what came."""

    _name = "crm.sales.forecast.line"
    _description = "Sales Forecast Line"
    _log_access = False
    _order = "date_from desc, level, id"

    name = fields.Char("Period", compute="_compute_name")
    subject = fields.Char("For", compute="_compute_subject")
    run_id = fields.Many2one(
        "crm.sales.forecast", "Forecast", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_latest = fields.Boolean("Latest Forecast", readonly=True)
    kind = fields.Selection(
        [("forecast", "Forecast"), ("trial", "Trial on the Past")],
        required=True,
        readonly=True,
        help="A trial was made today with what was known then.",
    )
    level = fields.Selection(
        [
            ("company", "Company"),
            ("team", "Sales Team"),
            ("user", "Salesperson"),
            ("country", "Country"),
            ("country_group", "Country Group"),
            ("category", "Product Category"),
        ],
        required=True,
        readonly=True,
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="cascade")
    country_id = fields.Many2one("res.country", readonly=True, ondelete="cascade")
    country_group_id = fields.Many2one("res.country.group", readonly=True, ondelete="cascade")
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True, ondelete="cascade")
    span = fields.Selection([("window", "30 Days"), ("quarter", "90 Days")], required=True, readonly=True)
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    amount = fields.Float("Expected", readonly=True)
    amount_open = fields.Float("From Open Deals", readonly=True)
    amount_inflow = fields.Float("From Deals to Come", readonly=True)
    amount_series = fields.Float(
        "By the Past Alone", readonly=True, help="What the time series says, partly blended in."
    )
    low_80 = fields.Float("Low (80 %)", readonly=True)
    high_80 = fields.Float("High (80 %)", readonly=True)
    low_95 = fields.Float("Low (95 %)", readonly=True)
    high_95 = fields.Float("High (95 %)", readonly=True)
    is_complete = fields.Boolean("Period is Over", readonly=True)
    amount_actual = fields.Float("Won", readonly=True, help="What came, once the period is over.")
    deviation = fields.Float(readonly=True, aggregator="avg", help="What was expected less what came, by what came.")
    is_inside = fields.Boolean("Inside the Interval", readonly=True, help="What came lay within 80 %.")

    _judged_idx = models.Index("(company_id, level, date_from) WHERE is_complete")
    _latest_idx = models.Index("(company_id, level, date_from) WHERE is_latest")

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            line.name = f"{format_date(self.env, line.date_from)} – {format_date(self.env, line.date_to)}"

    @api.depends("level", *LEVELS.values())
    @api.depends_context("lang")
    def _compute_subject(self):
        for line in self:
            line.subject = line[LEVELS[line.level]].display_name or self.env._("Not known yet")

    def action_open_deals(self):
        """Open the deals won in the period; of one to come, the deals that are open now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_analytics.crm_fact_deal_action")
        scope = deal_history.get_deal_scope(self.level, self[LEVELS[self.level]])
        if self.is_complete:
            end = fields.Date.add(self.date_to, days=1)
            scope += [("status", "=", "won"), ("date_closed", ">=", self.date_from), ("date_closed", "<", end)]
        else:
            scope += [("status", "=", "open"), ("type", "=", "opportunity")]
        action["domain"] = [*scope, ("company_id", "in", [self.company_id.id, False])]
        action["context"] = {}
        action["views"] = [(False, "list"), (False, "pivot"), (False, "graph")]
        return action

    @api.model
    def _store(self, run, now, segments):
        """Write the lines of a forecast: what is to come for all, trials on the past for the company and its teams."""
        former = [("company_id", "=", run.company_id.id)]
        self.search([*former, ("is_latest", "=", True)]).is_latest = False
        # Trials are made anew each time; forecasts stay.
        self.search([*former, ("kind", "=", "trial")]).unlink()
        today = now.date()
        vals_list = []
        for segment in segments:
            level, record = segment["key"]
            common = {"run_id": run.id, "level": level, **({LEVELS[level]: record} if record else {})}
            ahead = [(number, 1, point) for number, point in enumerate(segment["windows"])]
            for first, length, point in [*ahead, (0, QUARTER, segment["quarter"])]:
                values = {f"amount_{name}": point.pop(name) for name in ("open", "inflow", "series")}
                period = self._prepare_period(today, first, length)
                vals_list.append({**common, **period, **values, **point, "kind": "forecast", "is_latest": True})
            if level != "user":
                vals_list += [{**common, **trial} for trial in self._prepare_trials(today, segment["rounds"])]
        return self.create(vals_list)

    @api.model
    def _prepare_period(self, today, first, length):
        return {
            "span": "quarter" if length > 1 else "window",
            "date_from": today + timedelta(days=WINDOW * first + 1),
            "date_to": today + timedelta(days=WINDOW * (first + length)),
        }

    @api.model
    def _prepare_trials(self, today, rounds):
        last = max((row["cut"] for row in rounds), default=0) + QUARTER
        for row in rounds:
            actual = row.pop("actual")
            period = self._prepare_period(today, row.pop("cut") - last, QUARTER)
            yield {**row, **period, "kind": "trial", **self._prepare_judgement(row, actual)}

    @api.model
    def _prepare_judgement(self, row, actual):
        return {
            "is_complete": True,
            "amount_actual": actual,
            "deviation": (row["amount"] - actual) / actual if actual else 0,
            "is_inside": row["low_80"] <= actual <= row["high_80"],
        }

    @api.model
    def _fill_in_actuals(self):
        """Write what was won into the forecasts whose period is over, in all runs that were kept."""
        self.env.flush_all()
        main = self.env["res.company"]._get_main_company()
        self.env.execute_query(
            SQL(deal_history.ACTUALS, parts=deal_history.PARTS, main=main.id, today=fields.Date.today())
        )
        self.invalidate_model(flush=False)
