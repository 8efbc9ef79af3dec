"""A journey is killed fifty times, and everybody gets each message once.

A mail that the server had accepted at the instant of the kill is the one exception that no sender can rule out.
"""

import collections
import os
import random
import time
import uuid

import pytest
from company_server import copy_database, drop_database
from journey_workers import MailSink, Workers

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

CUSTOMERS = 120
KILLS = 50
PATIENCE = 120  # seconds for the rest after the last kill


@pytest.fixture
def database():
    name = f"crm_kills_{uuid.uuid4().hex[:8]}"
    copy_database(os.environ["CRM_TEST_TEMPLATE"], name)
    yield name
    odoo.sql_db.close_all()
    drop_database(name)


def prepare(env, port):
    """Customers in a journey of two mails with an activity between them, and the way to the sink."""
    env["ir.mail_server"].search([]).unlink()
    env["ir.mail_server"].create(
        {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none"}
    )
    env.company.write({"quiet_from": 0, "quiet_to": 0})
    journey = env["crm.journey"].create({"name": "Killed"})
    before = env["crm.journey.step"]
    for kind in ("email", "activity", "email"):
        mailing = env["mailing.mailing"].create(
            {
                "subject": "Hello",
                "mailing_model_id": env["ir.model"]._get_id("res.partner"),
                "email_from": "us@company.example",
                "body_html": "<p>Hello</p>",
            }
        )
        values = {"version_id": journey.draft_id.id, "name": kind, "kind": kind, "mailing_id": mailing.id}
        step = before.create(values if kind == "email" else {**values, "mailing_id": False})
        before.next_id = step
        journey.draft_id.start_id = journey.draft_id.start_id or step
        before = step
    journey.action_start()
    customers = env["res.partner"].create(
        [{"name": f"Customer {number}", "email": f"c{number}@killed.example"} for number in range(CUSTOMERS)]
    )
    journey.enrol(customers.ids)
    return journey.id, customers.ids


def test_nobody_is_lost_and_nobody_is_written_to_twice(database):
    sink = MailSink()
    with Registry(database).cursor() as cr:
        journey_id, customer_ids = prepare(api.Environment(cr, SUPERUSER_ID, {}), sink.port)
    workers, at_the_kill = Workers(database, journey_id), set()
    try:
        for _number in range(KILLS):
            workers.start()
            time.sleep(random.uniform(0.05, 0.6))
            workers.kill_one()
            at_the_kill.update(sink.accepted[-1:])
        workers.start()
        deadline = time.monotonic() + PATIENCE
        while len(set(sink.accepted)) < CUSTOMERS or min(collections.Counter(sink.accepted).values()) < 2:
            assert time.monotonic() < deadline, f"{len(sink.accepted)} mails came"
            time.sleep(0.2)
        time.sleep(2)
    finally:
        workers.stop()
        sink.stop()
    got = collections.Counter(sink.accepted)
    assert len(got) == CUSTOMERS, "somebody was lost"
    more = {address: count - 2 for address, count in got.items() if count > 2}
    print(f"{len(sink.accepted)} mails, {KILLS} kills, {sum(more.values())} twice: accepted at the instant of a kill")
    assert set(more) <= at_the_kill, "somebody was written to twice"
    assert sum(more.values()) <= KILLS
    check_books(database, customer_ids)


def check_books(database, customer_ids):
    """What is noted agrees with what came: one message and one activity for each, and nobody stands still."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        messages = env["crm.journey.message"].search([("partner_id", "in", customer_ids)])
        assert len(messages) == 2 * CUSTOMERS
        assert set(messages.mapped("state")) == {"handed"}
        assert len(messages.trace_ids) == 2 * CUSTOMERS
        assert set(env["crm.journey.participant"].search([]).mapped("state")) == {"done"}
        activities = env["mail.activity"].search([("res_model", "=", "res.partner"), ("res_id", "in", customer_ids)])
        assert sorted(activities.mapped("res_id")) == sorted(customer_ids)
