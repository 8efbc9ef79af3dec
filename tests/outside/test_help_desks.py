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
    kinds = ("customers", "tickets", "messages", "files") if "--messages" in options else ("customers", "tickets")
    return tuple(report[kind]["states"] for kind in kinds if kind in report)


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


def test_messages_and_files_come_in_once(company):
    samples = SAMPLES / "zammad"
    history = ("--messages", str(samples / "articles.csv"), "--files", str(samples / "files"))
    bring_in(company, "zammad")
    assert bring_in(company, "zammad", *history)[2:] == ({"created": 3}, {"created": 1})
    assert bring_in(company, "zammad", *history)[2:] == ({"unchanged": 3}, {"unchanged": 1})
    call = company.connect("admin")
    messages = call(
        "mail.message",
        "search_read",
        [("model", "=", "service.ticket"), ("date", "<", "2026-05-05"), ("email_from", "!=", False),
         ("message_type", "in", ["email", "comment"]), ("date", ">", "2026-05-04 08:00:00")],
        ["body", "is_internal", "attachment_ids", "res_id"],
    )  # fmt: skip
    told = {message["body"]: message for message in messages}
    assert "Please unplug it for ten seconds." in "".join(told)
    (note,) = (message for text, message in told.items() if "Known fault" in text)
    (first,) = (message for text, message in told.items() if "half way up" in text)
    assert note["is_internal"] and not first["is_internal"]
    (file,) = call("ir.attachment", "read", first["attachment_ids"], ["name", "res_model", "res_id"])
    assert (file["name"], file["res_model"], file["res_id"]) == ("motor.txt", "service.ticket", first["res_id"])


def test_comments_of_zendesk_come_in_once(company):
    history = ("--messages", str(SAMPLES / "zendesk" / "comments.csv"))
    bring_in(company, "zendesk")
    assert bring_in(company, "zendesk", *history)[2] == {"created": 2}
    assert bring_in(company, "zendesk", *history)[2] == {"unchanged": 2}
    domain = [
        ("model", "=", "service.ticket"),
        ("email_from", "ilike", "nora@bright.example"),
        ("body", "ilike", "leg"),
    ]
    (comment,) = company.connect("admin")("mail.message", "search_read", domain, ["date", "is_internal", "author_id"])
    assert (comment["date"], comment["is_internal"]) == ("2026-05-04 09:12:00", False)
    assert comment["author_id"], "the customer whom the ticket brought"


def test_examples_hold():
    sys.path.insert(0, str(ROOT / "data"))
    result = doctest.testmod(importlib.import_module("help_desks"))
    assert result.attempted and not result.failed
