"""What rules cost: the events of ten thousand posted invoices, each answered by an activity."""

import gc
import os
from pathlib import Path

from ..operation import Side, operation

EVENTS = 10_000
SETTLED = 2_000  # events after which the process has all that it needs
MOST_GROWTH = 24  # megabytes of the events after those
PAGE = os.sysconf("SC_PAGE_SIZE")


@operation(
    "event_rules",
    unit="one event of a posted invoice, answered by a rule",
    needs=("crm.event.rule",),
    most_cpu=1 / 300,
    most_repeats=1,
    warm_up=False,
)
def make():
    return (Side(_answer, _post_events, units=EVENTS),)


def _post_events(env):
    """Events as posting writes them, of invoices that are there; a small company's tell twice."""
    event_type = env.ref("crm_frontoffice.event_type_invoice_posted")
    env["crm.event.rule"].search([]).active = False
    env["crm.event.rule"].create(
        {
            "name": "Invoice posted: ask whether all is well",
            "type_id": event_type.id,
            "source_model": "account.move",
            "source_domain": "[('amount_total', '>', 0)]",
            "action_ids": [(0, 0, {"kind": "activity", "summary": "Ask whether all is well", "due_days": 3})],
        }
    )
    moves = env["account.move"].search([("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=EVENTS)
    told = 0
    while told < EVENTS:
        told += len(moves[: EVENTS - told]._log_event("invoice_posted"))
    return env


def _answer(env):
    """As the jobs do it one after the other: each has its own environment and forgets what it read."""
    firing, settled = env["crm.event.firing"], None
    for done in range(0, EVENTS + 1, 200):
        firing._process_pending()
        env.flush_all()
        env.transaction.clear()
        if done == SETTLED:
            settled = _megabytes()
    answered = firing.search_count([("state", "=", "done"), ("event_id.type_id.code", "=", "invoice_posted")])
    waiting = firing.search_count([("state", "=", "pending")])
    if waiting or answered < EVENTS:
        raise ValueError(f"{answered} events are answered, {waiting} wait.")
    grown = _megabytes() - settled
    print(f"\nevent_rules: memory grew by {grown:.1f} MB over {EVENTS - SETTLED} events")
    if grown > MOST_GROWTH:
        raise ValueError(f"The memory grew by {grown:.0f} MB; {MOST_GROWTH} may be.")


def _megabytes():
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return resident * PAGE / 2**20
