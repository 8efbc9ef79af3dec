"""How good deal scores are on held-out time: beside Odoo's predictive scores, and the best that could be known."""

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import fields, modules
from odoo.tools import SQL

from ..operation import Figure, Side, operation

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
        return (Side(partial(_score, most=10**7 if closed else 60_000), prepare), Side(_score_stock, prepare))


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
    share = env.execute_query(
        SQL(
            """SELECT (SELECT count(*) FROM learned)::float8 / count(*) FROM crm_fact_deal
                WHERE status IN ('won', 'lost') AND date_closed < %s""",
            at,
        )
    )[0][0]
    if closed:
        # A company of so few deals has not the history of others: neither snapshots nor former deals of customers.
        for table in ("crm_fact_stage", "crm_fact_deal"):
            env.cr.execute(
                f"""DELETE FROM {table} WHERE lead_id NOT IN (
                        SELECT lead_id FROM learned UNION SELECT lead_id FROM judged)"""
            )
            env.cr.execute(f"ANALYZE {table}")
    return env, at, share


def _score(prepared, most):
    from odoo.addons.crm_analytics import child

    env, at, share = prepared
    data = env["crm.score.data"]
    seconds = (at - fields.Datetime.to_datetime("1970-01-01")).total_seconds()
    learned = {row[0] for row in env.execute_query(SQL("SELECT lead_id FROM learned"))}
    rows = data._get_snapshots(at, most=most)
    ended = {row[0] for row in rows if row[-1] is not None and row[-1] < seconds}
    known_ends = ended & learned
    # Of those that were still open it is known that they were, of as many as of the others.
    train = [row for row in rows if row[0] in known_ends]
    train += [(*row[:-2], "open", None) for row in rows if row[0] not in ended and row[0] % 1000 < 1000 * share]
    known = dict(env.execute_query(SQL("SELECT lead_id, won FROM judged")))
    moment = SQL("CROSS JOIN LATERAL (SELECT %s::timestamp AS moment) AS cut", at)
    stood = SQL("date_entered <= %s AND date_left > %s", at, at)
    of = SQL("lead_id IN (SELECT lead_id FROM crm_fact_stage WHERE %s)", stood)
    opened = [row for row in data._read(at, moment, SQL("NULL, NULL"), stood, of) if row[0] in known]
    rows = child.compute("score", data._get_request(at, opened, train))["rows"]
    chances = {row[0]: row[1] for row in rows or _rate_stages(env)}
    revenues = dict(env.execute_query(SQL("SELECT lead_id, amount FROM judged")))
    return Scores(chances, known, revenues, _ask_oracle(env, at))


@dataclass
class Scores:
    """What was said of each deal, how it ended, what it was worth, the oracle's chance."""

    chances: dict
    won: dict
    revenues: dict
    oracle: dict


def _ask_oracle(env, at):
    """The chances by the laws that the company was drawn from: nobody can say more without seeing the future."""
    import numpy as np

    from data.company.truth import chance_of_open

    rows = env.execute_query(SQL(_HOW_THEY_STOOD, at=at))
    if not rows:
        return {}
    deals, drawn, pace, stages, days, passed = zip(*rows, strict=True)
    places = {stage: place for place, stage in enumerate(env["crm.stage"].search([], order="sequence").ids)}
    number = np.array([places[stage] for stage in stages])
    known = np.full((len(rows), max(number) + 1), np.nan)
    for row, visits in enumerate(passed):
        for stage, spent in visits.items():
            known[row, places[int(stage)]] = spent
    chances = chance_of_open(np.array(drawn), np.array(pace), number, np.array(days), known)
    return dict(zip(deals, chances.tolist(), strict=True))


_HOW_THEY_STOOD = """
    SELECT judged.lead_id, truth.chance, truth.pace, judged.stage_id,
           EXTRACT(EPOCH FROM %(at)s - told.date_entered)::float8 / 86400,
           COALESCE(former.days, '{}'::jsonb)
      FROM judged JOIN company_truth AS truth ON truth.lead_id = judged.lead_id
      JOIN crm_fact_stage AS told ON told.lead_id = judged.lead_id
       AND told.date_entered <= %(at)s AND told.date_left > %(at)s
      LEFT JOIN LATERAL (
           SELECT jsonb_object_agg(stage_id, hours / 24) AS days FROM crm_fact_stage AS past
            WHERE past.lead_id = judged.lead_id AND past.date_left <= told.date_entered) AS former ON TRUE
"""


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
    env, at, _share = prepared
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
    _update_stock(leads)
    rows = env.execute_query(
        SQL(
            """SELECT lead.id, lead.automated_probability / 100
                 FROM crm_lead AS lead JOIN judged ON judged.lead_id = lead.id"""
        )
    )
    return {lead: float(chance or 0) for lead, chance in rows}


def _update_stock(leads):
    # Outside of tests Odoo commits batch by batch.
    with patch.object(modules.module, "current_test", True):
        leads._update_automated_probabilities()


def _judge_score(ours, stock):
    import numpy as np

    from odoo.addons.crm_analytics.forecasting import score

    deals = sorted(ours.chances.keys() & stock.keys() & (ours.oracle.keys() or stock.keys()))
    truth = np.array([ours.won[deal] for deal in deals])
    revenue = np.array([float(ours.revenues[deal] or 0) for deal in deals])

    def judge(chances):
        chances = np.array([chances[deal] for deal in deals])
        return score.measures(chances, truth) | {"worth": float((revenue * chances).sum() / (revenue * truth).sum())}

    mine, theirs = judge(ours.chances), judge(stock)
    figures = _compare(mine, theirs)
    if ours.oracle:
        best = judge(ours.oracle)
        figures += [
            Figure(f"oracle's {name}", best[key], "the most that can be known", kept=True)
            for name, key in (("AUC", "auc"), ("Brier", "brier"), ("calibration error", "calibration_error"))
        ]
    return figures


def _compare(mine, theirs):
    auc, brier, error = (theirs[name] for name in ("auc", "brier", "calibration_error"))
    return [
        Figure("AUC", mine["auc"], "0.06 above", mine["auc"] >= auc + 0.06, auc),
        Figure("Brier", mine["brier"], "at most 0.75 of it", mine["brier"] <= 0.75 * brier, brier),
        Figure("calibration error", mine["calibration_error"], "at most a quarter",
               mine["calibration_error"] <= error / 4, error),
        Figure("chance x revenue by won", mine["worth"], "0.9 to 1.1", 0.9 <= mine["worth"] <= 1.1, theirs["worth"]),
        Figure("Brier with few deals", mine["brier"], "at most 0.8 of it", mine["brier"] <= 0.8 * brier, brier),
    ]  # fmt: skip


_register_score("lead_score_few", FEW, ("Brier with few deals", "oracle's Brier"))
_register_score(
    "lead_score",
    None,
    (
        *("AUC", "Brier", "calibration error", "chance x revenue by won"),
        *("oracle's AUC", "oracle's Brier", "oracle's calibration error"),
    ),
)


# ---- how long it takes


def _count_first(env):
    """Odoo counts its frequencies before its clock starts; what we learn from is read before ours."""
    if "crm.score.data" not in env:
        env["crm.lead"]._rebuild_pls_frequency_table()
        # As after a month in which more was won: otherwise no probability changes, and Odoo writes none.
        env.cr.execute("UPDATE crm_lead_scoring_frequency SET won_count = won_count * 1.1 + 1")
        return env, None, None
    now = fields.Datetime.now()
    return env, now, env["crm.score.data"]._get_snapshots(now)


def _refresh(prepared):
    """All but learning: reading the open deals, starting a process, handing them over, chances, reasons, storing.

    :return: number of deals, seconds, and those of the chances alone
    """
    from odoo.addons.crm_analytics import child

    env, now, snapshots = prepared
    before = time.perf_counter()
    data = env["crm.score.data"]
    opened = data._get_open(now)
    answer = child.compute("score", data._get_request(now, opened, snapshots))
    rows = [[*row[:5], None, None, row[5]] for row in answer["rows"]]
    env["crm.lead.score"]._store(rows, "both", now)
    quality = answer["quality"]
    return len(rows), time.perf_counter() - before - quality["train_seconds"], quality["score_seconds"]


def _refresh_stock(prepared):
    leads = prepared[0]["crm.lead"]
    before = time.perf_counter()
    _update_stock(leads)
    return leads.search_count([("won_status", "=", "pending")]), time.perf_counter() - before


def _judge_times(ours, stock):
    (count, seconds, chances), (pending, peer) = ours, stock
    if count != pending:
        raise ValueError(f"{count} deals here, {pending} there.")
    kept = chances <= peer / 20
    return [
        Figure(f"seconds for the chances of {count:,} open deals", chances, "at most a twentieth", kept, peer),
        Figure("the same with reading, process, reasons and storing", seconds, "told", kept=True, peer=peer),
    ]


@operation(
    "lead_score_refresh", unit="refreshing the scores of all open deals; stock: its own update", most_repeats=1,
    needs=("crm.score.data",), warm_up=False, quality=_judge_times,
)  # fmt: skip
def make_refresh():
    return Side(_refresh, _count_first), Side(_refresh_stock, _count_first, elsewhere=True)
