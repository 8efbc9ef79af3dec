"""Exports of other CRMs come in through the gateway, from another process: rehearsed, reported, repeated."""

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
# For each product: its files, what is said about its stages, and what comes in.
PRODUCTS = {
    "hubspot": (
        ("contacts.csv", "deals.csv"),
        ("Appointment Scheduled=New", "Qualified To Buy=Qualified", "Contract Sent=Proposition"),
        {"contacts.csv": {"customers": 8}, "deals.csv": {"deals": 3}},
        {("Email", "broken(at)mail.example"), ("Country/Region", "Atlantis"), ("Amount", "a lot"),
         ("Deal Stage", "Legal Review")},
    ),
    "bitrix24": (
        ("contacts.csv", "deals.csv"),
        ("Новая=New", "Подготовка документов=Proposition"),
        {"contacts.csv": {"customers": 6}, "deals.csv": {"deals": 3}},
        {("Рабочий e-mail", "нет почты"), ("Сумма", "сто тысяч"), ("Предполагаемая дата закрытия", "скоро")},
    ),
    "amocrm": (
        ("contacts.csv", "deals.csv"),
        ("Первичный контакт=New", "Переговоры=Qualified"),
        {"contacts.csv": {"customers": 5}, "deals.csv": {"deals": 4}},
        {("name", "")},
    ),
    "pipedrive": (
        ("deals.csv", "people.csv"),
        ("Contact Made=New", "Proposal Made=Proposition"),
        {"people.csv": {"customers": 6}, "deals.csv": {"deals": 3}},
        {("Person - Email - Work", "nora at bright"), ("Deal - Value", "-5")},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with CompanyServer(tmp_path_factory.mktemp("importer")) as server:
        yield server


def bring_in(company, product, *options, files=None):
    """Run the importer; returns its report for programs and its exit code."""
    names, stages, _expected, _wrong = PRODUCTS[product]
    command = [
        sys.executable, str(ROOT / "data" / "importer.py"), product, "--url", company.url,
        "--database", company.database, "--password", "admin", "--json", *options,
        *(part for stage in stages for part in ("--stage", stage)),
        *(str(path) for path in files or [SAMPLES / product / name for name in names]),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 2), done.stderr
    return json.loads(done.stdout), done.returncode


def count(report, state):
    return {
        name: {kind: states[state] for kind, states in entry["counts"].items() if state in states}
        for name, entry in report.items()
    }


@pytest.mark.parametrize("product", PRODUCTS)
def test_export_is_rehearsed_then_comes_in_and_comes_in_once(company, product):
    call = company.connect("admin")
    _names, _stages, expected, wrong = PRODUCTS[product]

    def totals():
        return call("res.partner", "search_count", []), call("crm.lead", "search_count", [])

    before = totals()
    rehearsed, _code = bring_in(company, product, "--dry-run")
    assert totals() == before, "a rehearsal keeps nothing"
    report, code = bring_in(company, product)
    assert (code, count(report, "created")) == (2, expected), json.dumps(report, ensure_ascii=False)
    assert count(rehearsed, "created") == expected, "the rehearsal foretells what comes in"
    found = {(error["column"], error["value"]) for entry in report.values() for error in entry["errors"]}
    assert found == wrong
    assert all(error["line"] and error["reason"] for entry in report.values() for error in entry["errors"])
    after = totals()
    repeated, _code = bring_in(company, product)
    assert count(repeated, "unchanged") == expected
    assert count(repeated, "created") == count(repeated, "updated") == {name: {} for name in report}
    assert totals() == after


def read_deal(call, name):
    [deal] = call(
        "crm.lead", "search_read", [("name", "=", name)],
        ["partner_id", "contact_name", "expected_revenue", "stage_id", "date_deadline", "type"],
    )  # fmt: skip
    return deal


def test_deals_stand_with_their_customer_their_sum_and_their_stage(company):
    call = company.connect("admin")
    for product in PRODUCTS:
        bring_in(company, product)
    desks = read_deal(call, "Northwharf - warehouse desks")
    assert desks["partner_id"][1] == "Northwharf Logistics, Laura Becker"
    assert (desks["expected_revenue"], desks["date_deadline"]) == (12500, "2026-12-15")
    assert (desks["stage_id"][1], desks["type"]) == ("New", "opportunity")
    assert read_deal(call, "Atelier - chairs")["stage_id"][1] == "Won"
    assert read_deal(call, "Столы для офиса")["expected_revenue"] == 150000
    assert read_deal(call, "Стеллажи")["partner_id"][1] == "ООО «Ромашка», Пётр Сидоров"
    assert read_deal(call, "Мебель для кофейни")["partner_id"][1] == "Кофейня Зерно, Дарья Белова"
    unknown = read_deal(call, "Новый клиент")
    assert (unknown["partner_id"], unknown["contact_name"]) == (False, "Никто Неизвестный")
    counters = read_deal(call, "Café counters")
    assert counters["partner_id"][1] == "Bright Cafés", "two people bear the name of the contact"
    assert (counters["contact_name"], counters["expected_revenue"]) == ("Chloe Martin", 7250.75)
    [emma] = call("res.partner", "search_read", [("name", "=", "Emma Johansson")], ["email", "phone", "function"])
    assert (emma["email"], emma["phone"], emma["function"]) == ("emma@fjord.example", "+46 8 5550 301", "Buyer")


def test_owners_are_found_by_name_or_as_the_user_says(company):
    call = company.connect("admin")
    bring_in(company, "hubspot", "--owner", "Anna Weber=anna")
    [deal] = call("crm.lead", "search_read", [("name", "=", "Casa Verde - showroom")], ["user_id"])
    [anna] = call("res.users", "search_read", [("login", "=", "anna")], ["name"])
    assert deal["user_id"][0] == anna["id"]
    report, _code = bring_in(company, "pipedrive", "--dry-run")
    assert any("Anna Weber" in note for note in report["people.csv"]["notes"])


def test_lost_deals_and_foreign_money_are_said_and_not_guessed(company):
    report, _code = bring_in(company, "bitrix24", "--dry-run")
    notes = report["deals.csv"]["notes"]
    assert {count for note, count in notes.items() if note.startswith("lost deals")} == {1}
    assert any(note.startswith("amounts in Российский рубль") for note in notes)


@pytest.mark.parametrize("name", ["readers", "layout"])
def test_examples_of_the_layouts_hold(monkeypatch, name):
    monkeypatch.syspath_prepend(str(ROOT / "data"))
    result = doctest.testmod(importlib.import_module(f"layouts.{name}"))
    assert result.attempted and not result.failed


def test_report_for_people_names_file_line_and_column(company):
    command = [
        sys.executable, str(ROOT / "data" / "importer.py"), "pipedrive", "--url", company.url,
        "--database", company.database, "--password", "admin", "--dry-run", str(SAMPLES / "pipedrive" / "people.csv"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2, done.stderr
    assert "people.csv: 5 rows" in done.stdout
    [line] = [line for line in done.stdout.splitlines() if "nora at bright" in line]
    assert line.split()[:2] == ["people.csv", "6"]
    assert "Person - Email - Work" in line and "name@example.com" in line
    assert done.stdout.endswith("nothing was kept.\n")


def test_file_of_another_kind_is_refused_with_its_headers(company, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Farbe;Größe\nrot;5\n", encoding="utf-8")
    command = [
        sys.executable, str(ROOT / "data" / "importer.py"), "hubspot", "--url", company.url,
        "--database", company.database, "--password", "admin", str(path),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "Farbe, Größe" in done.stderr
