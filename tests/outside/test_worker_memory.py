"""Figures cost a web worker next to nothing: what computes runs elsewhere, and no library of its comes in."""

import json
import os
import urllib.request
from pathlib import Path

import pytest
from company_server import CompanyServer

MOST_GROWTH = 50 * 1024  # kB of address space, which is what Odoo's limits of memory count
HEAVY = ("numpy", "scipy", "sklearn", "pandas", "duckdb", "statsforecast")
PIVOTS = {
    "crm.fact.invoice.month": "amount:sum",
    "crm.fact.order.month": "amount:sum",
    "crm.fact.invoice": "amount:sum",
    "crm.fact.deal": "expected_revenue:sum",
    "crm.fact.stage": "hours:sum",
    "crm.fact.event": "amount:sum",
    "crm.marketing.report": "revenue_linear:sum",
    "crm.lead.score": "chance:avg",
    "crm.sales.forecast.line": "amount:sum",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    # Each thread of the queue's runner would reserve 64 MB of addresses for its memory, whatever it does with them.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MALLOC_ARENA_MAX", "1")
        with CompanyServer(tmp_path_factory.mktemp("worker"), workers=1) as server:
            yield server


def workers(server):
    """The processes that the server has forked, without the one for long polling, which is a program of its own."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            command = (process / "cmdline").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == server.process.pid and "gevent" not in command.split("\0"):
            found.append(process)
    return found


def address_space(process):
    lines = (process / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmSize"))


def test_a_worker_that_shows_all_figures_hardly_grows(company):
    def ask(service, method, *arguments):
        params = {"service": service, "method": method, "args": [company.database, *arguments]}
        content = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(f"{company.url}/jsonrpc", content, headers)) as response:
            answer = json.load(response)
        assert "error" not in answer, answer
        return answer["result"]

    uid = ask("common", "login", "maria", "maria")

    def call(model, method, *arguments):
        return ask("object", "execute_kw", uid, "maria", model, method, arguments)

    call("sale.report", "formatted_read_grouping_sets", [], [[], ["team_id"]], ["price_subtotal:sum"])
    before = {process: address_space(process) for process in workers(company)}
    assert before
    for model, figure in PIVOTS.items():
        answer = call(model, "formatted_read_grouping_sets", [], [[], ["company_id"]], [figure, "__count"])
        assert answer[0][0]["__count"], model
    call("crm.process", "get_process")
    for model in ("crm.score.run", "crm.sales.forecast", "crm.forecast.run"):
        call(model, "action_compute")
    growth = {process.name: address_space(process) - size for process, size in before.items()}
    assert max(growth.values()) < MOST_GROWTH, growth
    loaded = {
        name
        for process in before
        for line in (process / "maps").read_text().splitlines()
        for name in HEAVY
        if f"{os.sep}{name}{os.sep}" in line
    }
    assert not loaded
