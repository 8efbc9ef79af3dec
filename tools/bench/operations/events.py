"""What the event log costs: writing events, the searches of the night, the past, and the documents that are logged."""

from collections import Counter

from odoo.fields import Command

from ..operation import Side, operation
from .common import as_user, find_customers_and_sellers

EVENTS = 1_000
DOCUMENTS = 1_000
KILLED = 7  # every so many steps of the back-fill one is thrown away in its middle and done again


@operation("event_append", unit="one event of a batch of a thousand", needs=("crm.event",), most_cpu=0.0003)
def make_append():
    return (Side(_append, _find_partners, units=EVENTS, loops=10),)


def _find_partners(env):
    return env["res.partner"].search([("is_company", "=", True)], limit=EVENTS)


def _append(partners):
    if len(partners._log_event("visit")) != EVENTS:
        raise ValueError("Not every event was written.")


@operation("event_scan", unit="the searches of a night that find nothing new", needs=("crm.event",), most_cpu=5.0)
def make_scan():
    return (Side(_scan, _scan_before),)


def _scan_before(env):
    _scan(env)
    return env


def _scan(env):
    env["crm.event.scan"]._cron_scan()
    failed = env["crm.event.progress"].search([("kind", "=", "scan"), ("state", "!=", "done")])
    if failed:
        raise ValueError(f"{failed[0].name}: {failed[0].error}")


@operation(
    "event_backfill",
    unit="the past of the company, with steps that are killed and done again",
    needs=("crm.event",),
    most_cpu=300.0,
    most_repeats=1,
    warm_up=False,
)
def make_backfill():
    return (Side(_tell_past, _forget_past),)


def _count(env):
    """Events of documents by type; without those that only our own records tell, and types that the days change."""
    env.cr.execute(
        """SELECT type.code, count(*) FROM crm_event event JOIN crm_event_type type ON type.id = event.type_id
            WHERE type.code NOT IN ('no_contact', 'order_due', 'invoice_overdue', 'delivery_late', 'meeting_held',
                                    'quotation_expiring', 'loyalty_card_expiring', 'birthday', 'reward_near',
                                    'price_step_near') AND type.kind <> 'ticket'
              AND event.dedupe_key IS NOT NULL AND event.res_model NOT IN ('crm.interaction', 'crm.hold')
            GROUP BY 1"""
    )
    return Counter(dict(env.cr.fetchall()))


def _forget_past(env):
    counts = _count(env)
    # Not TRUNCATE: over journeys it would take the mailings along, which are to be told.
    env.cr.execute("DELETE FROM crm_event")
    return env, counts


def _tell_past(prepared):
    env, counts = prepared
    backfill = env["crm.event.backfill"]
    step = 0
    for row in backfill._start():
        while row.state in ("waiting", "running"):
            step += 1
            if step % KILLED == 0:
                _kill_in_the_middle(backfill, row)
            backfill._step(row)
            env.flush_all()
    told = _count(env)
    if told != counts:
        raise ValueError(f"Told: {told - counts} too much, {counts - told} too little.")


def _kill_in_the_middle(backfill, row):
    try:
        with backfill.env.cr.savepoint():
            backfill._step(row)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        row.invalidate_recordset()


# ---- documents, in a company with our addons and in the same one without them


@operation("deals_created", unit="one of a thousand deals", needs=("crm.event",), most_times=1.1, most_repeats=3)
def make_deals():
    return (
        Side(_create_deals, _prepare_deals, units=DOCUMENTS),
        Side(_create_deals, _prepare_deals, units=DOCUMENTS, elsewhere=True),
    )


def _prepare_deals(env):
    customers, members = find_customers_and_sellers(env)
    values = [
        {
            "type": "opportunity",
            "name": f"Deal {number}",
            "partner_id": customers[number % len(customers)].id,
            "expected_revenue": 1000 + number % 7,
            "user_id": members[number % len(members)].user_id.id,
            "team_id": members[number % len(members)].crm_team_id.id,
        }
        for number in range(DOCUMENTS)
    ]
    return as_user(env, "maria"), values


def _create_deals(prepared):
    env, values = prepared
    env["crm.lead"].create(values)
    env.cr.flush()


@operation("invoices_posted", unit="one of a thousand invoices", needs=("crm.event",), most_times=1.1, most_repeats=3)
def make_invoices():
    return (
        Side(_post, _prepare_invoices, units=DOCUMENTS),
        Side(_post, _prepare_invoices, units=DOCUMENTS, elsewhere=True),
    )


def _prepare_invoices(env):
    customers, members = find_customers_and_sellers(env)
    product = env["product.product"].search([("sale_ok", "=", True)], limit=1)
    return env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customers[number % len(customers)].id,
                "invoice_user_id": members[number % len(members)].user_id.id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "quantity": 1 + number % 3, "price_unit": 100.0})
                ],
            }
            for number in range(DOCUMENTS)
        ]
    )


def _post(invoices):
    invoices.action_post()
    invoices.env.cr.flush()
