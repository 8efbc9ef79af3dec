"""The gateway and the rules while their processes are killed, and under many writers: nothing twice, nothing lost."""

import os
import random
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from company_server import CompanyServer, copy_database, drop_database
from gateway_client import Client, assert_all_there_once, query
from private_cluster import PrivateCluster

SERVER_KILLS, CONNECTION_KILLS, WORKER_KILLS, DATABASE_KILLS = 6, 14, 12, 5
WRITERS, CALLS = 20, 4
THINKING = 0.2  # seconds between two calls of a writer, at most
HOT = 10  # rows that all writers send
FIRINGS = 300

# Takes a few firings at a time, each batch a transaction of its own, until none waits.
RULE_WORKER = """
import sys
import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

odoo.tools.config.parse_config(["--config", sys.argv[1], "--database", sys.argv[2], "--no-http"])
registry = Registry(sys.argv[2])
from odoo.addons.crm_frontoffice.models.automation import crm_event_firing

crm_event_firing.BATCH = 5
print("ready", flush=True)
while True:
    with registry.cursor() as cr:
        firings = api.Environment(cr, SUPERUSER_ID, {})["crm.event.firing"]
        if not firings.search_count([("state", "=", "pending")]):
            break
        firings._process_pending()
"""
# Switches a rule on and has as many customers tell something.
EVENTS = """
import sys
import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

odoo.tools.config.parse_config(["--config", sys.argv[1], "--database", sys.argv[2], "--no-http"])
with Registry(sys.argv[2]).cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env["crm.event.rule"].create({
        "name": "Fault",
        "type_id": env["crm.event.type"].search([("code", "=", "deal_created")]).id,
        "active": True,
        "action_ids": [(0, 0, {"kind": "activity", "summary": "Fault", "responsible": "user", "user_id": 2})],
    })
    partner = env["res.partner"].create({"name": "Faulty", "is_company": True})
    count = int(sys.argv[3])
    env["crm.lead"].create([
        {"name": f"Fault {number}", "type": "opportunity", "partner_id": partner.id} for number in range(count)
    ])
    cr.commit()
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    template = os.environ["CRM_TEST_TEMPLATE"]
    with CompanyServer(tmp_path_factory.mktemp("faults"), template=template, workers=2) as server:
        yield server


def test_killed_servers_lose_and_double_no_row(company):
    rng = random.Random(4)
    client = Client(company, "killed", calls=30, rows=10)
    client.start()
    for _kill in range(SERVER_KILLS):
        time.sleep(0.2 + 1.5 * rng.random())
        company.kill()
        company.start()
    client.join()
    assert client.repeated >= SERVER_KILLS / 2, "calls were hit"
    assert_all_there_once(company.database, client)


def test_lost_connections_to_the_database_lose_and_double_no_row(company):
    rng = random.Random(5)
    client = Client(company, "cut", calls=60, rows=10)
    client.start()
    for _kill in range(CONNECTION_KILLS):
        time.sleep(0.1 + 0.4 * rng.random())
        query(
            "postgres",
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
            company.database,
        )
        company.restart_if_dead()
    while client.is_alive():
        client.join(1)
        company.restart_if_dead()
    assert_all_there_once(company.database, client)


def test_killed_databases_lose_and_double_no_row(tmp_path_factory):
    """PostgreSQL itself dies, all its processes at once, and recovers from its log."""
    rng, template = random.Random(7), os.environ["CRM_TEST_TEMPLATE"]
    folder = tmp_path_factory.mktemp("database")
    with PrivateCluster(folder) as cluster:
        cluster.take_over(template)
        with CompanyServer(folder, template=template, workers=2, environment=cluster.environment) as server:
            client = Client(server, "crashed", calls=40, rows=10)
            client.start()
            for _kill in range(DATABASE_KILLS):
                time.sleep(0.5 + 1.5 * rng.random())
                cluster.kill()
                cluster.start()
                server.restart_if_dead()
            while client.is_alive():
                client.join(1)
                server.restart_if_dead()
            assert client.repeated >= DATABASE_KILLS / 2, "calls were hit"
            assert_all_there_once(server.database, client, host=cluster.environment["PGHOST"])


def test_many_writers_of_the_same_rows_meet_no_error(company):
    """Each sends rows of its own and, every second one, always in another order, those that all of these send."""

    def write(number, call):
        rng, durations = random.Random(number), []
        for turn in range(CALLS):
            rows = [
                {"external_id": f"hot-{row}", "name": f"Hot {row}", "phone": f"+1 202 555 01{number:02}"}
                for row in range(HOT if number % 2 else 0)
            ]
            rows += [
                {"external_id": f"{number}-{turn}-{row}", "name": f"Own {number} {turn} {row}"} for row in range(10)
            ]
            rng.shuffle(rows)
            # As a system that reads its next rows meanwhile. With two workers Odoo lets 16 connections wait; who comes
            # in beyond that is told nothing by the kernel, and tries again after a second.
            time.sleep(THINKING * rng.random())
            started = time.monotonic()
            answers = call("crm.gateway", "upsert_customers", "crowd", rows)
            durations.append(time.monotonic() - started)
            assert {answer["state"] for answer in answers} <= {"created", "updated", "unchanged"}
        return durations

    def connect(number):
        """As to a server that has been running for a while: its workers know their models."""
        call = company.connect("admin")
        row = {"external_id": "first", "name": f"First {number}", "phone": "+1 202 555 0199"}
        call("crm.gateway", "upsert_customers", f"warm {number}", [row], dry_run=True)
        return call

    calls = [connect(number) for number in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        durations = sorted(duration for found in pool.map(write, range(WRITERS), calls) for duration in found)
    print(f"95 % of {len(durations)} calls took at most {durations[int(len(durations) * 0.95)]:.2f} s")
    expected = HOT + WRITERS * CALLS * 10
    [(refs, partners)] = query(
        company.database, "SELECT count(*), count(DISTINCT res_id) FROM crm_external_ref WHERE source = 'crowd'"
    )
    assert (refs, partners) == (expected, expected)
    names = query(company.database, "SELECT name FROM res_partner WHERE name LIKE 'Hot %%'")
    assert sorted(name for (name,) in names) == sorted(f"Hot {row}" for row in range(HOT))


@pytest.fixture
def database():
    name = f"crm_faults_{uuid.uuid4().hex[:8]}"
    copy_database(os.environ["CRM_TEST_TEMPLATE"], name)
    yield name
    drop_database(name)


def start(script, database, *arguments):
    command = [sys.executable, "-c", script, os.environ["ODOO_RC"], database, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def test_killed_workers_answer_every_event_once(database):
    assert start(EVENTS, database, FIRINGS).wait() == 0
    rng, killed_at_work = random.Random(6), 0
    for _kill in range(WORKER_KILLS):
        worker = start(RULE_WORKER, database)
        worker.stdout.readline()
        time.sleep(0.3 * rng.random())
        killed_at_work += worker.poll() is None
        worker.kill()
        worker.wait()
    assert killed_at_work >= WORKER_KILLS / 2, "workers were hit at work"
    assert start(RULE_WORKER, database).wait() == 0
    states = query(
        database,
        """SELECT state, count(*) FROM crm_event_firing firing JOIN crm_event_rule rule ON rule.id = rule_id
            WHERE rule.name->>'en_US' = 'Fault' GROUP BY 1""",
    )
    assert states == [("done", FIRINGS)]
    activities = query(database, "SELECT count(*), count(DISTINCT res_id) FROM mail_activity WHERE summary = 'Fault'")
    assert activities == [(FIRINGS, FIRINGS)]
