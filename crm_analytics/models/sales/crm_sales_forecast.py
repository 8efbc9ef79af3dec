from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from . import deal_history

WINDOW = 30  # days
WINDOWS = 6
QUARTER = 3
STEPS = 36  # windows of history, at most
# Days in a stage at which a deal comes into the next cell.
BUCKETS = (14, 30, 60, 120)
# What is forecast, the whole first, each with the field that tells whom it is for.
LEVELS = {
    "company": "company_id",
    "team": "team_id",
    "user": "user_id",
    "country": "country_id",
    "country_group": "country_group_id",
    "category": "product_categ_id",
}


class CrmSalesForecast(models.Model):
    """One forecast of what will be won, from open deals, deals to come, and the past; every one is kept and judged."""

    _name = "crm.sales.forecast"
    _inherit = "crm.computation.mixin"
    _description = "Sales Forecast"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    round_count = fields.Integer("Past Rounds", readonly=True, aggregator=None)
    error = fields.Float(
        "Error of Past Rounds", readonly=True, aggregator=None, help="Sum of errors by sum of what was won in 90 days."
    )
    coverage = fields.Float(
        "Inside the Interval", readonly=True, aggregator=None, help="Past rounds in which what was won lay within 80 %."
    )
    series_weight = fields.Float("Weight of the Time Series", readonly=True, aggregator=None)
    line_ids = fields.One2many("crm.sales.forecast.line", "run_id", "Forecasts", readonly=True)

    _company_date_idx = models.Index("(company_id, date DESC)")

    @api.model
    def _cron_enqueue(self):
        """Ask for a forecast of each company that has deals, and hold the former ones against what was won."""
        self.env["crm.sales.forecast.line"]._fill_in_actuals()
        main = self.env["res.company"]._get_main_company()
        groups = self.env["crm.fact.deal"]._read_group([("type", "=", "opportunity")], ["company_id"])
        companies = self.env["res.company"].concat(*((company or main) for (company,) in groups))
        self._enqueue([{"company_id": company} for company in dict.fromkeys(companies.ids)])

    def _get_title(self):
        return self.env._("Sales forecast of %s", self.company_id.name)

    def _run(self):
        """Compute the forecast; this is the job. It may be repeated: the lines are then written anew."""
        self.ensure_one()
        self.state = "running"
        for name in ("crm.fact.deal", "crm.fact.stage"):
            self.env[name]._refresh(limit=None)
        now = fields.Datetime.now()
        answer = self._ask_child("sales", self._get_request(now))
        if answer:
            self._store(now, answer)

    def _store(self, now, answer):
        self.line_ids.unlink()
        if not answer["segments"]:
            self.write({"state": "done", "message": self.env._("Too little was won so far to forecast from.")})
            return
        whole = answer["segments"][0]
        self.write(
            {
                "state": "done",
                "round_count": len(whole["rounds"]),
                "error": whole["error"] or 0,
                "coverage": whole["coverage"] or 0,
                "series_weight": answer["weight"],
            }
        )
        self.message = self._get_message()
        self.env["crm.sales.forecast.line"]._store(self, now, answer["segments"])

    def _get_message(self):
        if not self.round_count:
            return self.env._("The history is too short to tell how good the forecast is: the interval is wide.")
        return self.env._(
            "Tried on %(rounds)s past rounds with what was known then: off by %(error)s %% over 90 days; "
            "what was won lay within the interval of 80 %% in %(coverage)s %% of them.",
            rounds=self.round_count,
            error=round(100 * self.error, 1),
            coverage=round(100 * self.coverage),
        )

    # ---- what it is learned from

    def _get_request(self, now):
        """Open deals at each cut-off and what became of them, and deals by when they began and were won."""
        steps = self._count_steps(now)
        begin = SQL("(%s::timestamp - interval '1 day' * %s)", now, WINDOW * steps)
        opened, deals = self._read_open(now, begin, steps), self._read_deals(now, begin)
        stages = sorted({row[6] or 0 for row in opened})
        cells = {(stage, bucket): number for number, (stage, bucket) in enumerate(
            (stage, bucket) for stage in stages for bucket in range(len(BUCKETS) + 1))}  # fmt: skip
        groups = {country.id: country.country_group_ids.ids for country in self.env["res.country"].search([])}
        segments = defaultdict(lambda: {"open": [], "deals": []})
        for divided, category, team, user, country, cut, stage, bucket, *amounts in opened:
            for key in _keys(divided, category, team, user, country, groups.get(country, ())):
                segments[key]["open"].append((cut, cells[stage or 0, bucket], *amounts))
        for divided, category, team, user, country, *row in deals:
            for key in _keys(divided, category, team, user, country, groups.get(country, ())):
                segments[key]["deals"].append(row)
        order = list(LEVELS)
        ordered = sorted(segments, key=lambda key: (order.index(key[0]), key[1] or 0))
        return {
            "steps": steps,
            "cells": max(len(cells), 1),
            "segments": [{"key": list(key), **segments[key]} for key in ordered],
        }

    def _get_company_condition(self, alias):
        main = self.env["res.company"]._get_main_company()
        return SQL("COALESCE(%s, %s) = %s", SQL.identifier(alias, "company_id"), main.id, self.company_id.id)

    def _count_steps(self, now):
        first = self.env.execute_query(
            SQL(
                "SELECT min(date_created) FROM crm_fact_deal AS deal WHERE type = 'opportunity' AND %s",
                self._get_company_condition("deal"),
            )
        )[0][0]
        return min((now - first).days // WINDOW, STEPS) if first else 0

    def _read_open(self, now, begin, steps):
        won = SQL(", ").join(
            SQL("COALESCE(sum(deal.expected_revenue * part.share) FILTER (WHERE later.window = %s), 0)::float8", window)
            for window in range(WINDOWS)
        )
        return self.env.execute_query(
            SQL(
                deal_history.OPEN,
                parts=deal_history.PARTS,
                keys=deal_history.keys("told"),
                company=self._get_company_condition("fact"),
                buckets=list(BUCKETS),
                won=won,
                begin=begin,
                now=now,
                step=WINDOW * 86400.0,
                steps=steps,
            )
        )

    def _read_deals(self, now, begin):
        return self.env.execute_query(
            SQL(
                deal_history.DEALS,
                parts=deal_history.PARTS,
                keys=deal_history.keys("deal"),
                begin=begin,
                step=WINDOW * 86400.0,
                now=now,
                company=self._get_company_condition("deal"),
            )
        )


def _keys(divided, category, team, user, country, groups):
    """Whom a row counts for, as level and record; what has no category yet is a segment of its own."""
    if divided:
        yield ("category", category)
        return
    yield ("company", None)
    for level, record in (("team", team), ("user", user), ("country", country)):
        if record:
            yield (level, record)
    for group in groups:
        yield ("country_group", group)
