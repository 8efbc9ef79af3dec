"""What keeping the facts fresh costs, beside a materialised view of the same rows."""

from functools import partial

from odoo.tools import SQL

from ..growth import multiply
from ..operation import Side, operation
from .common import as_user

VIEW = "bench_revenue"
LINES = 2_000_000  # the facts are multiplied until there are so many


def _count_copies(env):
    return -(-LINES // max(env["crm.fact.invoice"].search_count([]), 1))


def _change(env, count):
    """So many invoice lines get another amount, in one statement; the facts are as many as in a large company."""
    env["crm.fact.table"]._get_all()._refresh()
    copies = _count_copies(env)
    names = [name for name in env["crm.fact.invoice"]._get_fact_columns() if name != "line_id"]
    columns = SQL(", ").join(map(SQL.identifier, names))
    env.cr.execute("ALTER TABLE crm_fact_invoice DISABLE TRIGGER USER")
    env.execute_query(
        SQL(
            """INSERT INTO crm_fact_invoice (line_id, %s) SELECT -line_id * %s - copy, %s
                 FROM crm_fact_invoice, generate_series(1, %s) AS copy""",
            columns,
            copies,
            columns,
            copies - 1,
        )
    )
    env.cr.execute("ALTER TABLE crm_fact_invoice ENABLE TRIGGER USER")
    env.cr.execute("ANALYZE crm_fact_invoice")
    env.cr.execute("DELETE FROM crm_fact_change")
    env.cr.execute(
        """UPDATE account_move_line SET balance = balance - 1 WHERE id IN (
               SELECT line_id FROM crm_fact_invoice WHERE line_id > 0 ORDER BY hashint8(line_id) LIMIT %s)""",
        [count],
    )
    return env


def _refresh(env):
    if not env["crm.fact.invoice"]._refresh():
        raise ValueError("No change was seen.")


def _make_view(env):
    """The same query as a view; each line counts several times, which costs it less than so many lines would."""
    query = env["crm.fact.invoice"]._get_fact_query(SQL("TRUE"))
    copies = SQL("generate_series(1, %s)", _count_copies(env))
    view = SQL.identifier(VIEW)
    env.execute_query(SQL("CREATE MATERIALIZED VIEW %s AS SELECT * FROM (%s) AS rows, %s AS copy", view, query, copies))
    return env


def _refresh_view(env):
    env.cr.execute(f"REFRESH MATERIALIZED VIEW {VIEW}")


def _register(count, most_times):
    @operation(
        f"fact_refresh_{count}",
        unit=f"taking in {count} of {LINES} invoice lines, cubes included; stock: a materialised view made anew",
        needs=("crm.fact.invoice",),
        most_times=most_times,
        most_repeats=1,
        warm_up=False,
    )
    def make():
        return (Side(_refresh, partial(_change, count=count)), Side(_refresh_view, _make_view))


_register(1_000, 0.04)
_register(10_000, 0.2)


# ---- what a single write costs

WRITES = 200


@operation(
    "fact_write",
    unit="saving a deal with another stage, with the triggers of the facts; stock: without them",
    needs=("crm.fact.deal",),
    most_times=1.15,
    most_repeats=10,
)
def make_write():
    return (
        Side(_write, partial(_find_deals, captured=True), units=WRITES),
        Side(_write, partial(_find_deals, captured=False), units=WRITES),
    )


def _find_deals(env, *, captured):
    if not captured:
        for table in ("crm_lead", "crm_lead_move", "crm_event", "mail_activity"):
            env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    stages = env["crm.stage"].search([("is_won", "=", False)], limit=2)
    deals = env["crm.lead"].search([("won_status", "=", "pending"), ("stage_id", "=", stages[0].id)], limit=WRITES)
    return deals, stages[1]


def _write(prepared):
    deals, stage = prepared
    for deal in deals:
        deal.write({"stage_id": stage.id})
        deal.env.flush_all()


# ---- pivots


def _compare(ours, stock):
    """The totals agree to the cent."""
    if abs(ours[0][0]["amount"] - stock[0][0]["amount"]) > 0.01:
        raise ValueError(f"{ours[0][0]} against {stock[0][0]}")


INVOICED = [("state", "not in", ("draft", "cancel")), ("move_type", "in", ("out_invoice", "out_refund"))]


def _pivot(model, date, amount, domain):
    answer = model.formatted_read_grouping_sets(domain, [[], [date], ["team_id"], [date, "team_id"]], [amount])
    return [[{**row, "amount": row[amount]} for row in rows] for rows in answer]


def _register_pivot(name, ours, stock, most_times):
    @operation(
        name,
        unit="revenue by month and team",
        needs=(ours[0],),
        most_postgres_times=most_times,
        compare=_compare if stock[0] == "account.invoice.report" else None,
    )
    def make():
        sides = []
        for model, date, amount, domain in (ours, stock):
            run = partial(_pivot, date=date, amount=amount, domain=domain)
            sides.append(Side(run, partial(_as_maria, model=model), loops=5))
        return tuple(sides)


def _as_maria(env, model):
    return as_user(env, "maria")[model]


_CUBE = ("crm.fact.invoice.month", "date:month", "amount:sum", [])
_FACT = ("crm.fact.invoice", "date:month", "amount:sum", [])
_INVOICES = ("account.invoice.report", "invoice_date:month", "price_subtotal:sum", INVOICED)
_SALES = ("sale.report", "date:month", "price_subtotal:sum", [("state", "=", "sale")])
_ORDERS = ("crm.fact.order.month", "date:month", "amount:sum", [("state", "=", "sale")])
_register_pivot("pivot_cube_invoices", _CUBE, _INVOICES, 0.1)
_register_pivot("pivot_fact_invoices", _FACT, _INVOICES, 0.5)
_register_pivot("pivot_cube_sales", _ORDERS, _SALES, 0.05)
_register_pivot("pivot_fact_sales", ("crm.fact.order", *_ORDERS[1:]), _SALES, 0.2)


# ---- a comparison reads the cube once for each period that is compared


@operation(
    "pivot_compared",
    unit="revenue by month and team with the change on the year before; the peer: the cube without it",
    needs=("crm.fact.invoice.comparison",),
    most_postgres_times=4.0,
)
def make_compared():
    kinds = [("kind", "in", ("now", "year"))]
    run = partial(_pivot, date="date:month", amount="change_year:sum", domain=kinds)
    cube = partial(_pivot, date=_CUBE[1], amount=_CUBE[2], domain=_CUBE[3])
    return (
        Side(run, partial(_as_maria, model="crm.fact.invoice.comparison"), loops=5),
        Side(cube, partial(_as_maria, model=_CUBE[0]), loops=5),
    )


# ---- a cube costs what its cells cost, however many lines they add up

PIVOTS = 20


@operation(
    "pivot_cube_10m",
    unit="revenue by month and team from the cube over 10,000,000 lines; the peer: over those that are there",
    needs=("crm.fact.invoice.month",),
    most_postgres_times=1.3,
    most_repeats=1,
    warm_up=False,
)
def make_cube():
    def read_many(model):
        for _number in range(PIVOTS):
            _pivot(model, date="date:month", amount="amount:sum", domain=[])

    return (
        Side(read_many, partial(_grow_facts, lines=10_000_000), units=PIVOTS),
        Side(read_many, partial(_as_maria, model="crm.fact.invoice.month"), units=PIVOTS),
    )


def _grow_facts(env, lines):
    """The facts alone: nothing else is asked. Their indexes are not needed either, and all of it is rolled back."""
    env.cr.execute("SET LOCAL session_replication_role = replica")
    facts = env["crm.fact.invoice"]
    copies = -(-lines // max(facts.search_count([]), 1))
    env.cr.execute("DROP INDEX crm_fact_invoice_date_idx, crm_fact_invoice_customer_idx, crm_fact_invoice_move_idx")
    multiply(env, facts._table, {"line_id", "move_id"}, SQL("TRUE"), copies)
    facts._rebuild_cubes()
    env.cr.execute("ANALYZE crm_fact_invoice_month")
    return _as_maria(env, "crm.fact.invoice.month")


# ---- all of it


@operation(
    "fact_rebuild",
    unit="all facts and cubes from nothing",
    needs=("crm.fact.table",),
    most_cpu=180.0,
    most_repeats=1,
    warm_up=False,
)
def make_rebuild():
    return (Side(_rebuild, _empty),)


def _empty(env):
    for table in env["crm.fact.table"]._get_all():
        env.cr.execute(f"TRUNCATE {env[table.model]._table}")
    return env["crm.fact.table"]._get_all()


def _rebuild(tables):
    tables._rebuild()


@operation(
    "process_mining",
    unit="the process screen over three years of deals",
    needs=("crm.process",),
    most_cpu=6.0,
    most_repeats=3,
)
def make_process():
    return (Side(lambda process: process.get_process(months=36), lambda env: as_user(env, "maria")["crm.process"]),)
