"""Odoo's own tests of the apps that we extend pass with our addons installed as they do without them."""

import os
import subprocess
import sys
import uuid
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from company_server import copy_database, drop_database

import odoo.addons

APPS = ("crm", "sale_crm")


def run_own_tests(report):
    folders = [next(path for root in odoo.addons.__path__ if (path := Path(root) / app).exists()) for app in APPS]
    database = f"crm_own_{uuid.uuid4().hex[:8]}"
    copy_database(os.environ["CRM_TEST_TEMPLATE"], database)
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={folders[0].parent}", "-q",
        f"--odoo-database={database}", "--odoo-http", f"--odoo-config={os.environ['ODOO_RC']}",
        f"--junitxml={report}", *map(str, folders),
    ]  # fmt: skip
    try:
        subprocess.run(command, capture_output=True, check=False)
    finally:
        drop_database(database)


def test_own_tests_of_crm_and_sale_crm_pass(tmp_path):
    report = tmp_path / "report.xml"
    run_own_tests(report)
    cases = list(ElementTree.parse(report).iter("testcase"))
    assert len(cases) > 130
    failed = {
        case.get("name"): problem.get("message")
        for case in cases
        for kind in ("failure", "error", "skipped")
        for problem in case.iter(kind)
    }
    assert not failed
