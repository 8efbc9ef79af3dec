"""The gateway as several clients meet it at once: no row comes in twice, over no protocol, whatever they send."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
import xmlrpc.client

import odoolib
import pytest
from company_server import CompanyServer

WRITERS = 4
# Each writer is a process of its own; all wait for the same moment.
WRITER = """
import json, sys, time, xmlrpc.client
url, database, moment, number = sys.argv[1:]
models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")
uid = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").authenticate(database, "admin", "admin", {})
rows = [{"external_id": f"r{row}", "name": f"Raced Company {row}", "is_company": True} for row in range(40)]
if int(number) % 2:
    rows.reverse()
time.sleep(max(0, float(moment) - time.time()))
answer = models.execute_kw(database, uid, "admin", "crm.gateway", "upsert_customers", ["race", rows])
print(json.dumps(answer))
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with CompanyServer(tmp_path_factory.mktemp("clients")) as server:
        yield server


@pytest.fixture(scope="module")
def json2(company):
    """A function that calls a method of the gateway over JSON-2."""
    key = company.make_api_key()

    def call(method, **arguments):
        request = urllib.request.Request(
            f"{company.url}/json/2/crm.gateway/{method}",
            data=json.dumps(arguments).encode(),
            headers={
                "Authorization": f"bearer {key}",
                "X-Odoo-Database": company.database,
                "Content-Type": "application/json",
            },
        )
        return json.load(urllib.request.urlopen(request, timeout=60))

    return call


def test_writers_of_the_same_new_rows_do_not_double_them(company):
    moment = str(time.time() + 3)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, company.url, company.database, moment, str(number)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(WRITERS)
    ]  # fmt: skip
    outputs = [writer.communicate(timeout=180) for writer in writers]
    answers = [json.loads(output) for output, error in outputs if not error]
    assert len(answers) == WRITERS, [error[-500:] for _output, error in outputs]
    ids = [{row["external_id"]: row["id"] for row in answer} for answer in answers]
    assert all(found == ids[0] for found in ids), "every writer is told the same records"
    states = [row["state"] for answer in answers for row in answer]
    assert (states.count("created"), set(states)) == (40, {"created", "unchanged"})
    call = company.connect("admin")
    assert call("res.partner", "search_count", [("name", "like", "Raced Company")]) == 40
    assert call("crm.external.ref", "search_count", [("source", "=", "race")]) == 40


def test_both_protocols_take_the_same_rows_and_give_the_same_answers(company, json2):
    call = company.connect("admin")
    rows = [
        {"external_id": "1", "name": "Both Ways", "is_company": True, "tags": ["A", "B"]},
        {"external_id": "2", "name": "No Mail", "email": "nonsense"},
    ]
    first = call("crm.gateway", "upsert_customers", "both", rows)
    second = json2("upsert_customers", source="both", rows=rows)
    assert [row["state"] for row in first] == ["created", "error"]
    assert [row["state"] for row in second] == ["unchanged", "error"]
    assert first[0]["id"] == second[0]["id"]
    assert first[1] == second[1]
    assert first[1]["errors"] == [
        {"field": "email", "value": "nonsense", "reason": "This is no e-mail address.", "hint": "name@example.com"}
    ]
    card = call("crm.gateway", "customer_card", {"source": "both", "external_id": "1"})
    assert card == json2("customer_card", ref={"source": "both", "external_id": "1"})


def test_dry_run_over_the_wire_keeps_nothing(company, json2):
    call = company.connect("admin")
    rows = [{"external_id": "t1", "name": "Only Tried", "tags": ["Never Kept"]}]
    for answer in (
        call("crm.gateway", "upsert_customers", "tried", rows, dry_run=True),
        json2("upsert_customers", source="tried", rows=rows, dry_run=True),
    ):
        assert (answer[0]["state"], answer[0]["id"]) == ("created", False)
    assert not call("res.partner", "search_count", [("name", "=", "Only Tried")])
    assert not call("res.partner.category", "search_count", [("name", "=", "Never Kept")])
    assert not call("crm.external.ref", "search_count", [("source", "=", "tried")])


def test_too_many_rows_are_refused_with_the_number_that_may_be(company, json2):
    rows = [{"external_id": str(number), "name": "N"} for number in range(1001)]
    with pytest.raises(xmlrpc.client.Fault, match="1001 rows came in one call; send at most 1000"):
        company.connect("admin")("crm.gateway", "upsert_customers", "many", rows)
    with pytest.raises(urllib.error.HTTPError) as caught:
        json2("upsert_customers", source="many", rows=rows)
    assert "1001 rows came in one call; send at most 1000" in caught.value.read().decode()
    assert not company.connect("admin")("crm.external.ref", "search_count", [("source", "=", "many")])


def test_odoos_own_client_library_takes_rows_in(company):
    connection = odoolib.get_connection(
        hostname="127.0.0.1", port=company.port, database=company.database, login="admin", password="admin"
    )
    rows = [{"external_id": "1", "name": "By Library", "is_company": True}]
    gateway = connection.get_model("crm.gateway")
    assert [row["state"] for row in gateway.upsert_customers("library", rows)] == ["created"]
    assert [row["state"] for row in gateway.upsert_customers("library", rows)] == ["unchanged"]


# The package is the one that most clients for Node are built on.
NODE_PACKAGE = "xmlrpc@1.3.2"
NODE_CLIENT = """
const xmlrpc = require("xmlrpc");
const [port, database] = process.argv.slice(2);
const call = (path, method, parameters) =>
    new Promise((resolve, reject) =>
        xmlrpc.createClient({ host: "127.0.0.1", port, path }).methodCall(method, parameters, (error, answer) =>
            error ? reject(error) : resolve(answer)
        )
    );
const rows = [
    { external_id: "1", name: "Узел", is_company: true },
    { external_id: "2", name: "No Mail", email: "nonsense" },
];
(async () => {
    const uid = await call("/xmlrpc/2/common", "authenticate", [database, "admin", "admin", {}]);
    const answers = await call("/xmlrpc/2/object", "execute_kw", [
        database, uid, "admin", "crm.gateway", "upsert_customers", ["node", rows],
    ]);
    console.log(JSON.stringify(answers));
})();
"""


def test_client_in_node_takes_rows_in(company, tmp_path):
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(tmp_path), NODE_PACKAGE],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    script = tmp_path / "client.js"
    script.write_text(NODE_CLIENT, encoding="utf-8")
    command = ["node", str(script), str(company.port), company.database]
    answers = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)
    assert [row["state"] for row in answers] == ["created", "error"]
    assert answers[1]["errors"][0]["field"] == "email"
    call = company.connect("admin")
    assert call("res.partner", "read", [answers[0]["id"]], ["name"])[0]["name"] == "Узел"
