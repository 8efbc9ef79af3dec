"""Registrations of Odoo's app Events become touches where that app is installed, and are not missed where it is not."""

import os
import subprocess
import sys
import uuid

import pytest
from company_server import copy_database, drop_database

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry


@pytest.fixture(scope="module")
def env():
    database = f"crm_events_{uuid.uuid4().hex[:8]}"
    copy_database(os.environ["CRM_TEST_TEMPLATE"], database)
    options = ("--config", os.environ["ODOO_RC"], "--database", database)
    subprocess.run([sys.executable, "-m", "odoo", "module", "install", *options, "event"], check=True, timeout=300)
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
    odoo.sql_db.close_all()
    drop_database(database)


def told(env, partner):
    events = env["crm.event"].search([("partner_id", "=", partner.id)], order="id")
    return [
        (event.type_id.code, event.payload["subject"]) for event in events if event.type_id.code.startswith("event_")
    ]


def test_registrations_and_attendance_are_touches_of_the_customer(env):
    event = env["event.event"].create(
        {"name": "Open House", "date_begin": "2026-03-02 09:00:00", "date_end": "2026-03-02 17:00:00"}
    )
    campaign = env["utm.campaign"].create({"title": "Spring"})
    booked, written = env["res.partner"].create(
        [{"name": "Booker"}, {"name": "Writer", "email": "writer@visitor.example"}]
    )
    common = {"event_id": event.id, "state": "open"}
    registrations = env["event.registration"].create(
        [
            {**common, "partner_id": booked.id, "utm_campaign_id": campaign.id},
            {**common, "name": "Writer", "email": "Writer@Visitor.example "},
            {**common, "name": "Nobody we know", "email": "nobody@visitor.example"},
            {**common, "partner_id": booked.id, "state": "cancel"},
        ]
    )
    scan = env["crm.event.scan"]
    scan._scan_registrations()
    registrations[0].action_set_done()
    scan._scan_registrations()
    assert not scan._scan_registrations(), "nothing is told twice"

    assert told(env, booked) == [("event_registered", "Open House"), ("event_attended", "Open House")]
    assert told(env, written) == [("event_registered", "Open House")]
    touches = env["crm.event"].search([("partner_id", "=", booked.id), ("type_id.is_touch", "=", True)])
    assert touches.campaign_id == campaign
    assert len(touches) == 2


def test_the_search_has_its_line_among_the_daily_ones(env):
    rows = env["crm.event.scan"]._ensure_rows()
    assert "Registrations for events, and who came" in rows.mapped("name")
