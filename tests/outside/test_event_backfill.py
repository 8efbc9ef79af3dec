"""The past comes into the event log by processes that are killed, and by two at once, without loss or double."""

import os
import subprocess
import sys
import time
import uuid

import pytest
from company_server import copy_database, drop_database

PATIENCE = 60  # seconds until the first events are there, on a busy machine
# What a worker of crons does, with small steps that are committed one by one.
WORKER = """
import sys
import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from psycopg2 import OperationalError

odoo.tools.config.parse_config(["--config", sys.argv[1], "--database", sys.argv[2], "--no-http"])
registry = Registry(sys.argv[2])
from odoo.addons.crm_frontoffice.models.customer import crm_event_backfill

crm_event_backfill.BATCH = 25

def end_step(row, remaining):
    row.env.cr.commit()
    return True

registry["crm.event.progress"]._end_step = end_step
OPEN = [("state", "in", ("waiting", "running"))]
while True:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if not env["crm.event.progress"].search_count(OPEN):
            break
        try:
            env["crm.event.backfill"]._cron_run()
        except OperationalError:
            cr.rollback()  # as Odoo does: the other worker was faster
"""


def query(database, sql):
    done = subprocess.run(["psql", "-XAtq", "-d", database, "-c", sql], check=True, capture_output=True, text=True)
    return [tuple(line.split("|")) for line in done.stdout.splitlines()]


def told(database):
    """How often which type was told; left out is what the days change, and what no document of Odoo is behind."""
    return query(
        database,
        """SELECT type.code, count(*) FROM crm_event event JOIN crm_event_type type ON type.id = event.type_id
            WHERE type.code NOT IN ('no_contact', 'order_due', 'invoice_overdue', 'delivery_late', 'meeting_held',
                                    'quotation_expiring', 'loyalty_card_expiring', 'birthday', 'reward_near',
                                    'price_step_near', 'campaign_unsubscribed') AND type.kind <> 'ticket'
              AND event.res_model IS NOT NULL AND event.res_model NOT IN ('crm.interaction', 'crm.hold')
            GROUP BY 1 ORDER BY 1""",
    )


@pytest.fixture
def database():
    name = f"crm_past_{uuid.uuid4().hex[:8]}"
    copy_database(os.environ["CRM_DEMO_TEMPLATE"], name)
    yield name
    drop_database(name)


def start_worker(database):
    command = [sys.executable, "-c", WORKER, os.environ["ODOO_RC"], database]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def forget(database):
    # Not TRUNCATE: over journeys it would take the mailings along, which are to be told.
    query(database, "DELETE FROM crm_event")
    query(database, "UPDATE crm_event_progress SET state = 'waiting', next_id = first_id, event_count = 0")


def count(database):
    return int(query(database, "SELECT count(*) FROM crm_event")[0][0])


def test_past_survives_killed_processes_and_two_workers(database):
    expected = told(database)
    assert len(expected) > 8
    forget(database)
    for _kill in range(2):
        before, worker = count(database), start_worker(database)
        end = time.monotonic() + PATIENCE
        while count(database) <= before and time.monotonic() < end:
            time.sleep(0.05)
        worker.kill()
        worker.wait()
        assert before < count(database) < sum(int(number) for _code, number in expected), "killed in the middle"
    workers = [start_worker(database), start_worker(database)]
    for worker in workers:
        _output, problems = worker.communicate()
        assert worker.returncode == 0, problems[-3000:]
    assert told(database) == expected
    states = query(database, "SELECT DISTINCT state FROM crm_event_progress")
    assert states == [("done",)]
    doubles = query(
        database,
        """SELECT res_id FROM crm_event event JOIN crm_event_type type ON type.id = event.type_id
            WHERE type.code IN ('deal_created', 'order_confirmed', 'invoice_posted') GROUP BY 1, type.code
           HAVING count(*) > 1""",
    )
    assert not doubles
