"""From another process, over the wire: documented calls, the job runner, and a real mail server."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from company_server import CompanyServer, free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until background work is done


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with CompanyServer(tmp_path_factory.mktemp("outside")) as server:
        yield server


@pytest.fixture(scope="module")
def api_key(company):
    return company.make_api_key()


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError("it did not happen in time")


def examples(language):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_readme_examples_run_as_they_stand(company, api_key):
    """Over XML-RPC and over JSON-2: the same answers, and the second call finds everything unchanged."""
    blocks = examples("python")
    assert len(blocks) == 2
    outputs = []
    for block in blocks:
        code = (
            block.replace("http://127.0.0.1:8069", company.url)
            .replace("crm_demo", company.database)
            .replace("YOUR_API_KEY", api_key)
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
        assert not done.returncode, done.stderr
        outputs.append(done.stdout.strip())
    assert outputs[0].startswith("created")
    assert outputs[1].startswith("unchanged")


def test_gateway_over_json2_refuses_a_wrong_key(company):
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        f"{company.url}/json/2/crm.gateway/changes",
        data=b"{}",
        headers={"Authorization": "bearer wrong", "Content-Type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    assert caught.value.code == 401


def test_change_feed_tells_everything_once(company):
    call = company.connect("admin")
    seen, cursor = [], ""
    while True:
        page = call("crm.gateway", "changes", cursor, None, 400)
        if not page["events"]:
            break
        seen += [event["id"] for event in page["events"]]
        cursor = page["cursor"]
    assert len(seen) == len(set(seen)) == call("crm.event", "search_count", [])
    call("crm.gateway", "upsert_customers", "feed", [{"external_id": "f1", "name": "Feed Company"}])
    call("crm.gateway", "upsert_deals", "feed", [{"external_id": "d1", "name": "Fed", "customer_external_id": "f1"}])
    fresh = call("crm.gateway", "changes", cursor, None, 400)["events"]
    assert [event["type"] for event in fresh] == ["deal_created"]


def test_change_feed_waits_for_a_slow_transaction_instead_of_passing_it_over(company):
    """An event whose transaction began earlier and ends later than another's still comes before it."""
    call = company.connect("admin")
    cursor = _end_of_feed(call)
    slow = psycopg2.connect(dbname=company.database, host=os.environ["PGHOST"], user=os.environ["PGUSER"])
    with slow, slow.cursor() as statement:
        statement.execute(
            """INSERT INTO crm_event (date, type_id, transaction)
               SELECT now(), id, pg_current_xact_id()::text::bigint FROM crm_event_type WHERE code = 'visit'"""
        )
        call("crm.gateway", "upsert_deals", "slow", [{"external_id": "d1", "name": "Quick"}])
        assert call("crm.gateway", "changes", cursor, None, 10)["events"] == []
    slow.close()
    events = call("crm.gateway", "changes", cursor, None, 10)["events"]
    assert [event["type"] for event in events] == ["visit", "deal_created"]


def test_change_feed_does_not_wait_for_other_databases(company):
    call = company.connect("admin")
    cursor = _end_of_feed(call)
    other = psycopg2.connect(dbname="postgres", host=os.environ["PGHOST"], user=os.environ["PGUSER"])
    with other, other.cursor() as statement:
        statement.execute("SELECT pg_current_xact_id()")
        call("crm.gateway", "upsert_deals", "other", [{"external_id": "d1", "name": "Quick"}])
        assert len(call("crm.gateway", "changes", cursor, None, 10)["events"]) == 1
    other.close()


def _end_of_feed(call):
    cursor = ""
    while (page := call("crm.gateway", "changes", cursor, None, 1000))["events"]:
        cursor = page["cursor"]
    return cursor


def test_job_runner_carries_out_event_rules(company):
    """The server's own runner picks up the job: the rule answers without anybody waiting for it."""
    maria, admin = company.connect("maria"), company.connect("admin")
    rule = maria("ir.model.data", "check_object_reference", "crm_frontoffice", "event_rule_invoice_overdue")[1]
    maria("crm.event.rule", "write", [rule], {"active": True})
    customer = maria("res.partner", "search", [("is_company", "=", True), ("user_id", "!=", False)], limit=1)[0]
    product = maria("product.product", "search", [("sale_ok", "=", True)], limit=1)[0]
    invoice = maria(
        "account.move",
        "create",
        {
            "move_type": "out_invoice",
            "partner_id": customer,
            "invoice_date": "2025-01-10",
            "invoice_date_due": "2025-01-20",
            "invoice_payment_term_id": False,
            "invoice_line_ids": [[0, 0, {"product_id": product, "quantity": 1, "price_unit": 50.0}]],
        },
    )
    maria("account.move", "action_post", [invoice])
    cron = admin("ir.model.data", "check_object_reference", "crm_frontoffice", "crm_event_scan_cron")[1]
    admin("ir.cron", "method_direct_trigger", [cron])
    domain = [("res_model", "=", "account.move"), ("res_id", "=", invoice)]
    wait_for(lambda: admin("mail.activity", "search_count", domain))
    wait_for(lambda: admin("service.ticket", "search_count", domain))
    admin("ir.cron", "method_direct_trigger", [cron])
    time.sleep(2)
    assert admin("mail.activity", "search_count", domain) == 1


class Sink:
    """A mail server that keeps what it is given."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append((envelope.rcpt_tos, envelope.content.decode("utf-8", "replace")))
        return "250 OK"


@pytest.fixture
def sink():
    handler, port = Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def test_answer_of_an_agent_leaves_as_a_mail(company, sink):
    handler, port = sink
    admin, sven = company.connect("admin"), company.connect("sven")
    admin(
        "ir.mail_server",
        "create",
        {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none"},
    )
    ticket = sven(
        "service.ticket", "search_read", [("date_closed", "=", False), ("partner_id.email", "!=", False)],
        ["partner_id", "number"], limit=1,
    )[0]  # fmt: skip
    address = admin("res.partner", "read", [ticket["partner_id"][0]], ["email"])[0]["email"]
    sven(
        "service.ticket", "message_post", [ticket["id"]],
        body="We look into it.", message_type="comment", subtype_xmlid="mail.mt_comment",
    )  # fmt: skip
    recipients, content = wait_for(lambda: handler.messages and handler.messages[0])
    assert recipients == [address]
    assert ticket["number"] in content
