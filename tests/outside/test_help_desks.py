"""Exports of other help desks come in through the gateway, from another process; a repeated import changes nothing."""

import doctest
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from company_server import CompanyServer

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "data" / "samples"
# What comes in: customers and tickets, and the states of the tickets.
DESKS = {
    "zendesk": (2, 3, {"open": 1, "waiting_customer": 1, "solved": 1}),
    "zammad": (1, 2, {"open": 1, "closed": 1}),
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with CompanyServer(tmp_path_factory.mktemp("desks")) as server:
        yield server


def bring_in(company, desk, *options):
    command = [
        sys.executable, str(ROOT / "data" / "help_desks.py"), desk, "--url", company.url,
        "--database", company.database, "--password", "admin", *options,
        str(SAMPLES / desk / "tickets.csv"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    return report["customers"]["states"], report["tickets"]["states"]


@pytest.mark.parametrize("desk", DESKS)
def test_tickets_come_in_once(company, desk):
    customers, tickets, states = DESKS[desk]
    call = company.connect("admin")
    assert bring_in(company, desk, "--dry-run") == ({"created": customers}, {"created": tickets})
    assert bring_in(company, desk) == ({"created": customers}, {"created": tickets})
    assert bring_in(company, desk) == ({"unchanged": customers}, {"unchanged": tickets})
    domain = [("channel", "=", "rpc"), ("date_opened", ">=", "2026-05-01"), ("date_opened", "<", "2026-05-08")]
    brought = call("service.ticket", "search_read", domain, ["category", "partner_id"])
    counts = {}
    for ticket in brought:
        assert ticket["partner_id"]
        counts[ticket["category"]] = counts.get(ticket["category"], 0) + 1
    assert all(counts.get(state, 0) >= number for state, number in states.items()), counts


def test_examples_hold():
    sys.path.insert(0, str(ROOT / "data"))
    result = doctest.testmod(importlib.import_module("help_desks"))
    assert result.attempted and not result.failed
