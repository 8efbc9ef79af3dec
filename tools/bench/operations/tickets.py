"""The service desk beside OCA's `helpdesk_mgmt` with `helpdesk_mgmt_sla`: creating, moving and promising, and opening
screens, each among fifty thousand tickets. Stock Odoo has no tickets.
"""

from functools import partial

from odoo.fields import Datetime

from ..operation import Side, operation
from . import desk_ours, desk_peer
from .common import as_user

DESK = {"needs": ("service.ticket",), "most_repeats": 3}
AGAINST = {**DESK, "against": "helpdesk_mgmt"}
TICKETS, MOVED, PEER_MOVED = 1_000, 5_000, 500
REFRESHED = 10_000
TIMES = 20  # a screen is opened so often in a sample: the clock of PostgreSQL's processes is coarse


@operation(
    "tickets_create",
    unit="a ticket with two promises, in batches of 200",
    most_cpu=0.0055,
    most_times=1 / 2.5,
    **AGAINST,
)
def make_create():
    def of(desk):
        return lambda prepared: desk.create(*prepared, TICKETS)

    return (
        Side(of(desk_ours), desk_ours.fill, units=TICKETS),
        Side(of(desk_peer), desk_peer.fill, units=TICKETS, elsewhere="helpdesk_mgmt"),
    )


@operation("tickets_move", unit="moving a ticket to waiting and back", most_cpu=0.003, **AGAINST)
def make_move():
    """Ten thousand changes of ours; the peer's cost for each grows with their number, so few speak in its favour."""
    return (
        Side(_move, _find_moved, units=MOVED),
        Side(
            desk_peer.move,
            lambda env: _fill_and_find(desk_peer, env, PEER_MOVED),
            units=PEER_MOVED,
            elsewhere="helpdesk_mgmt",
        ),
    )


@operation("tickets_deadlines", unit="computing a deadline", most_cpu=0.0001, **AGAINST)
def make_deadlines():
    return (
        Side(lambda rows: rows._set_deadlines(), _find_rows, units=2 * MOVED),
        Side(_plan_by_peer, _find_rows_of_peer, units=2 * PEER_MOVED, elsewhere="helpdesk_mgmt"),
    )


@operation("tickets_policy", unit="an open ticket after its policy changed", most_cpu=0.0005, **DESK)
def make_policy():
    return (Side(desk_ours.settle, partial(_prepare_stale, _change_policy), units=REFRESHED),)


@operation("tickets_holiday", unit="an open ticket after a holiday was added", most_cpu=0.0005, **DESK)
def make_holiday():
    return (Side(desk_ours.settle, partial(_prepare_stale, _add_holiday), units=REFRESHED),)


@operation("tickets_list", unit="the first page of open tickets, as an agent", most_cpu=0.05, **AGAINST)
def make_list():
    return _make_screen("open_list")


@operation("tickets_board", unit="the board of open tickets, as an agent", most_cpu=0.09, **AGAINST)
def make_board():
    return _make_screen("open_board")


@operation("tickets_search", unit="looking for a word that a customer wrote, as an agent", most_cpu=0.03, **AGAINST)
def make_search():
    return _make_screen("search")


# ---- tickets that are there


def _fill_and_find(desk, env, count):
    return desk.find_open(desk.fill(env)[0], count)


def _find_moved(env):
    return _find_settled(env, MOVED)


def _find_settled(env, count):
    """Open tickets whose clocks fit their start and their priority; what is late by now is told."""
    tickets = _fill_and_find(desk_ours, env, count)
    tickets._sla_rematch()
    env.flush_all()
    desk_ours.settle(env)
    return tickets


def _move(tickets):
    for category in ("waiting_customer", "open"):
        tickets._move_to(category)
        tickets.env.flush_all()


def _find_rows(env):
    # Rows that are read together, although the cache is emptied before the run.
    return env["service.sla.status"].browse(_fill_and_find(desk_ours, env, MOVED).sla_status_ids.ids)


def _find_rows_of_peer(env):
    return env["helpdesk.ticket.sla"].browse(_fill_and_find(desk_peer, env, PEER_MOVED).ticket_sla_ids.ids)


def _plan_by_peer(rows):
    rows._compute_deadline()
    rows.env.flush_all()


# ---- policies and holidays


def _prepare_stale(change, env):
    tickets = _find_settled(env, REFRESHED)
    change(tickets)
    env.flush_all()
    stale = env["service.sla.stale"].search_count([])
    if stale < REFRESHED:
        raise ValueError(f"{stale} tickets wait for their clocks, not all {REFRESHED}.")
    return env


def _change_policy(tickets):
    for target in tickets.sla_status_ids.policy_id.target_ids:
        target.solution_minutes += 7


def _add_holiday(tickets):
    """Tomorrow is a day off: most of them are due later."""
    env, day = tickets.env, Datetime.now().replace(hour=0, minute=0, second=0)
    env["resource.calendar.leaves"].create(
        [
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": env.company.id,
                "date_from": Datetime.add(day, days=1),
                "date_to": Datetime.add(day, days=2),
            }
            for calendar in tickets.sla_status_ids.calendar_id
        ]
    )


# ---- screens


def _make_screen(name):
    def run(screen, tickets):
        for _time in range(TIMES):
            tickets.env.invalidate_all()
            screen(tickets)

    def prepare(desk, model, env):
        desk.fill(env)
        return as_user(env, "sven")[model]

    return (
        Side(partial(run, getattr(desk_ours, name)), partial(prepare, desk_ours, "service.ticket"), units=TIMES),
        Side(
            partial(run, getattr(desk_peer, name)),
            partial(prepare, desk_peer, "helpdesk.ticket"),
            units=TIMES,
            elsewhere="helpdesk_mgmt",
        ),
    )
