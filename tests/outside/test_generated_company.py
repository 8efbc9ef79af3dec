"""The generated company is what Odoo itself would have written, and the CRM goes on from it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from odoo.tools import config

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "crm_test_company"


@pytest.fixture(scope="module")
def company():
    """The name of a database with a company of size S."""
    template = os.environ.get("CRM_TEST_TEMPLATE")
    assert template, "Run the tests with `make test`: it names the template database."
    files = Path(config.filestore(template))
    _program("dropdb", "--if-exists", "--force", DATABASE)
    _program("createdb", "-T", template, DATABASE)
    shutil.rmtree(files.parent / DATABASE, ignore_errors=True)
    if files.exists():
        shutil.copytree(files, files.parent / DATABASE, copy_function=os.link)
    yield DATABASE
    _program("dropdb", "--if-exists", "--force", DATABASE)
    shutil.rmtree(files.parent / DATABASE, ignore_errors=True)


@pytest.fixture(scope="module")
def output(company):
    return _python("data/generate.py", "--database", company, "--size", "S").stdout


def _program(name, *arguments):
    subprocess.run([shutil.which(name) or str(Path(config["pg_path"]) / name), *arguments], check=True)


def _python(*arguments, code=0):
    """Run a script of the repository as a person would; `code` is the exit code that it should have."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def _query(database, query):
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_every_step_reports_its_seconds(output):
    assert all(line.endswith(" s") for line in output.splitlines())


def test_stored_fields_equal_what_odoo_computes(company, output):
    _python("data/check.py", "--database", company, "--per-model", "40")


def test_a_filled_database_is_refused_with_a_reason(company, output):
    refused = _python("data/generate.py", "--database", company, "--size", "S", code=1)
    assert "already" in refused.stderr


def test_the_books_balance(company, output):
    query = """SELECT count(*) FROM (SELECT move_id FROM account_move_line GROUP BY move_id
                HAVING abs(sum(balance)) > 0.001) AS unbalanced"""
    assert _query(company, query) == [(0,)]


def test_no_reference_points_nowhere(company, output):
    """The rows went in with triggers off, so the foreign keys are checked here."""
    keys = _query(
        company,
        """SELECT conrelid::regclass::text, child.attname, confrelid::regclass::text, parent.attname FROM pg_constraint
             JOIN pg_attribute child ON child.attrelid = conrelid AND child.attnum = conkey[1]
             JOIN pg_attribute parent ON parent.attrelid = confrelid AND parent.attnum = confkey[1]
            WHERE contype = 'f' AND cardinality(conkey) = 1""",
    )
    broken = " UNION ALL ".join(
        f"""SELECT '{table}.{column}' WHERE EXISTS (SELECT FROM {table} c WHERE c."{column}" IS NOT NULL
            AND NOT EXISTS (SELECT FROM {target} p WHERE p."{key}" = c."{column}"))"""
        for table, column, target, key in keys
    )
    assert _query(company, broken) == []


def test_odoo_numbers_its_next_documents_after_the_generated_ones(company, output):
    code = """
import json, sys, odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
odoo.tools.config.parse_config(["--database", sys.argv[1], "--no-http", "--log-level", "critical"])
with Registry(sys.argv[1]).cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    order = env["sale.order"].search([("state", "=", "sale")], limit=1).copy()
    order.action_confirm()
    invoice = order._create_invoices()
    invoice.action_post()
    print(json.dumps([order.name, invoice.name, order.picking_ids.name or ""]))
    cr.rollback()
"""
    order, invoice, _picking = json.loads(_python("-c", code, company).stdout.splitlines()[-1])
    taken = _query(company, "SELECT name FROM sale_order UNION SELECT name FROM account_move WHERE state = 'posted'")
    assert (order,) not in taken
    assert (invoice,) not in taken
    assert int(order[1:]) > 300


def test_the_same_seed_tells_the_same_story():
    sys.path.insert(0, str(ROOT / "data"))
    try:
        from company import story
    finally:
        sys.path.pop(0)
    import datetime
    import random
    from collections import defaultdict

    from company.parameters import PRODUCTS, SIZES, Behaviour
    from company.records import Product, Seller

    products = [
        Product(number, name, category, price, cost, kind == "goods", 1.0)
        for number, (name, category, price, cost, kind) in enumerate(PRODUCTS)
    ]

    def tell(seed):
        rng = random.Random(1)
        sellers = [Seller(number, number, "", "", number % 4, rng.gauss(0, 1), 1.0) for number in range(8)]
        today = datetime.date(2026, 11, 23)
        told = story.tell(SIZES["S"], Behaviour(), today, seed, sellers, products, defaultdict(lambda: 1))
        return [(deal.name, deal.created, deal.revenue, deal.status) for deal in told.deals]

    assert tell(1) == tell(1)
    assert tell(1) != tell(2)
