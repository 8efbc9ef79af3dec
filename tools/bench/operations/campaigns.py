"""Journeys, segments and mailings for very many customers, made for the run and taken back after it.

Messages are decided and counted here; making their texts and sending them costs the same as any mailing of Odoo.
"""

from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields

from odoo.addons.queue_job.tests.common import trap_jobs

from ..operation import Side, operation

STEPS = 5
MOST_CPU = 0.3  # seconds for a thousand participants and a step
MOST_QUERIES = 20  # for the same
FEW, MANY = 10_000, 100_000  # participants
CUSTOMERS = 200_000
NEW = 1_000  # customers who buy before the second refresh


def _copy_rows(env, table, source_id, count, changes):
    """Copies of a row, with other values in some columns; `n` counts them.

    :param changes: SQL of a jsonb object of the values
    :return: the first id; the others follow it
    """
    env.flush_all()
    env.cr.execute(f"SELECT nextval('{table}_id_seq')")
    [(before,)] = env.cr.fetchall()
    env.cr.execute(
        f"""INSERT INTO {table} SELECT made.* FROM {table} source, generate_series(1, %s) AS n,
                LATERAL jsonb_populate_record(source, {changes} || jsonb_build_object('id', %s + n)) AS made
             WHERE source.id = %s""",
        [count, before, source_id],
    )
    env.cr.execute(f"SELECT setval('{table}_id_seq', %s)", [before + count])
    env.cr.execute(f"ANALYZE {table}")
    return before + 1


def make_customers(env, count):
    partner = env["res.partner"].create({"name": "Bench", "email": "bench@bench.example", "phone": "+32456001122"})
    changes = """jsonb_build_object('name', 'Bench ' || n, 'complete_name', 'Bench ' || n,
                     'email', n || '@bench.example', 'email_normalized', n || '@bench.example',
                     'phone_sanitized', '+3245' || n)"""
    first = _copy_rows(env, "res_partner", partner.id, count, changes)
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE id >= %s", [first])
    env.invalidate_all()
    return range(first, first + count)


# ---- journeys


def _make_journey(env, count):
    customers = make_customers(env, count)
    env["crm.pressure.rule"].create({"most": 5, "days": 7})
    env.company.write({"quiet_from": 21, "quiet_to": 8})
    env.company.partner_id.tz = "UTC"
    purpose = env["crm.consent.purpose"].create(
        {
            "name": "Bench",
            "code": "bench",
            "wording": "Bench",
            "legal_basis": "legitimate_interest",
            "is_granted_by_default": True,
        }
    )
    goal = env.ref("crm_frontoffice.event_type_order_confirmed")
    journey = env["crm.journey"].create({"name": "Bench", "purpose_id": purpose.id, "goal_type_id": goal.id})
    version, before = journey.draft_id, env["crm.journey.step"]
    for kind in ("email", "wait", "branch", "sms", "activity"):
        step = before.create(
            {
                "version_id": version.id,
                "name": kind,
                "kind": kind,
                "wait_number": 0,
                "answer": "opened",
                "message_step_id": version.start_id.id,
                "mailing_id": _make_mailing(env, kind) if kind in ("email", "sms") else False,
            }
        )
        before.next_id = before.other_id = step
        version.start_id = version.start_id or step
        before = step
    with trap_jobs():
        journey.action_start()
        for start in range(0, count, 10_000):
            journey.enrol(list(customers[start : start + 10_000]))
    env.cr.execute("ANALYZE crm_journey_participant")
    return journey


def _make_mailing(env, kind):
    values = {
        "subject": "Bench",
        "mailing_type": "sms" if kind == "sms" else "mail",
        "mailing_model_id": env["ir.model"]._get_id("res.partner"),
        "email_from": "bench@bench.example",
    }
    return env["mailing.mailing"].create(values).id


def _run_journey(journey):
    """Every step for everybody; the clock stands at noon, outside of the quiet hours."""
    noon = fields.Datetime.now().replace(hour=12, minute=0, second=0)
    with patch.object(fields.Datetime, "now", lambda: fields.Datetime.add(noon, days=1)):
        for step in journey.version_id.step_ids.sorted("id"):
            while step._tick():
                step.env.flush_all()
                step.env.invalidate_all()
    if journey.done_count != len(journey.env["crm.journey.participant"].search([("journey_id", "=", journey.id)])):
        raise ValueError("Not everybody is through.")


def _make_side(count):
    return Side(_run_journey, partial(_make_journey, count=count), units=count // 1000 * STEPS)


def _make_journey_operation(name, count, **options):
    return operation(
        name,
        unit=f"a step for 1,000 of {count:,} participants of e-mail, wait, branch, SMS and activity",
        needs=("crm.journey",),
        most_repeats=1,
        most_cpu=MOST_CPU,
        most_queries=MOST_QUERIES,
        warm_up=False,
        **options,
    )


@_make_journey_operation("journey", FEW)
def make_journey():
    return (_make_side(FEW),)


@_make_journey_operation("journey_large", MANY, most_times=1.3, against=f"{FEW:,} participants")
def make_large_journey():
    return _make_side(MANY), _make_side(FEW)


# ---- segments


def _make_segment(env):
    customers = make_customers(env, CUSTOMERS)
    invoice = env["account.move"].search([("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=1)
    changes = f"""jsonb_build_object('partner_id', {customers[0]} + n %% {CUSTOMERS},
        'commercial_partner_id', {customers[0]} + n %% {CUSTOMERS}, 'name', 'BENCH/' || n, 'sequence_number', n,
        'invoice_date', CURRENT_DATE - (n %% 700), 'amount_untaxed_signed', n %% 1000, 'payment_reference', NULL)"""
    _copy_rows(env, "account_move", invoice.id, 2 * CUSTOMERS, changes)
    event_type = env.ref("crm_frontoffice.event_type_campaign_clicked")
    env.cr.execute(
        """INSERT INTO crm_event (date, type_id, partner_id, commercial_partner_id, transaction)
           SELECT now() - make_interval(days => n %% 200), %s, %s + n %% %s, %s + n %% %s, 1
             FROM generate_series(1, 300000) AS n""",
        [event_type.id, customers[0], CUSTOMERS, customers[0], CUSTOMERS],
    )
    env.cr.execute("ANALYZE crm_event")
    bought = {"kind": "purchase", "measure": "amount", "value": 500, "days": 365}
    clicked = {"kind": "answer", "answer": "clicked", "days": 90}
    reachable = {"kind": "partner", "partner_domain": "[('email', '!=', False)]"}
    either = {"kind": "group", "match": "any", "child_ids": [(0, 0, bought), (0, 0, clicked)]}
    values = {"name": "Bench", "condition_ids": [(0, 0, either), (0, 0, reachable)]}
    return env["crm.segment"].create(values)


def _make_filled_segment(env):
    segment = _make_segment(env)
    segment._refresh()
    env.cr.execute("ANALYZE crm_segment_member")
    env.cr.execute(
        """UPDATE res_partner SET email = NULL WHERE id IN (
               SELECT partner_id FROM crm_segment_member WHERE segment_id = %s LIMIT %s)""",
        [segment.id, NEW],
    )
    env.invalidate_all()
    return segment


def _refresh(segment):
    return segment._refresh()[segment]


@operation(
    "segment_full", unit=f"the first members out of {CUSTOMERS:,} customers", needs=("crm.segment",), most_repeats=1,
    most_cpu=15.0, warm_up=False,
)  # fmt: skip
def make_full():
    return (Side(_refresh, _make_segment),)


@operation(
    "segment_refresh", unit=f"a refresh in which {NEW:,} of them leave", needs=("crm.segment",), most_repeats=1,
    most_cpu=2.0, warm_up=False,
)  # fmt: skip
def make_refresh():
    return (Side(_refresh, _make_filled_segment),)


# ---- mailings to a list


def _make_list_mailing(env, count):
    mailing_list = env["mailing.list"].create({"name": "Bench"})
    env.cr.execute(
        """WITH contact AS (
               INSERT INTO mailing_contact (name, email, email_normalized, create_date)
               SELECT 'Bench ' || n, n || '@bench.example', n || '@bench.example', now()
                 FROM generate_series(1, %s) AS n
               RETURNING id)
           INSERT INTO mailing_subscription (contact_id, list_id, opt_out)
           SELECT id, %s, id %% 10 = 0 FROM contact""",
        [count, mailing_list.id],
    )
    env.invalidate_all()
    link = '<a href="https://example.com/{0}">{0}</a>'
    return env["mailing.mailing"].create(
        {
            "subject": "Bench",
            "mailing_model_id": env["ir.model"]._get_id("mailing.list"),
            "contact_list_ids": mailing_list.ids,
            "email_from": "bench@bench.example",
            "body_html": "<p>Hello <t t-out='object.name'/></p>"
            + "".join(map(link.format, range(3)))
            + "<p>"
            + "News. " * 800
            + "</p>",
        }
    )


def _prepare_mails(mailing):
    """Make the mails; Odoo commits in between, which would keep the customers of the benchmark."""
    mailing = mailing.with_user(SUPERUSER_ID)
    with patch("odoo.modules.module.current_test", True):
        mailing._action_send_mail()
    return len(mailing.mailing_trace_ids)


def _check_same(ours, stock):
    if ours != stock:
        raise ValueError(f"{ours} messages here, {stock} there.")


def _make_mailing_operation(name, count, most_times=None):
    @operation(
        name,
        unit=f"one of {count:,} mails to a list that a tenth has left",
        needs=("crm.segment",),
        most_repeats=1,
        most_times=most_times,
        warm_up=False,
        compare=_check_same,
    )
    def make():
        prepare = partial(_make_list_mailing, count=count)
        return Side(_prepare_mails, prepare, units=count), Side(_prepare_mails, prepare, units=count, elsewhere=True)


_make_mailing_operation("mailing_list", 5_000)
_make_mailing_operation("mailing_list_large", 20_000, most_times=0.2)
