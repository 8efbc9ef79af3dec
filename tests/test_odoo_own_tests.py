"""Odoo's own tests of the apps that we extend pass with our addons installed as they do without them."""

import os
import subprocess
import sys
import tempfile
import uuid
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from company import copy_database, drop_database

import odoo.addons

APPS = ("crm", "sale_crm")
# Names of tests that may fail with our addons, with the reason.
EXCEPTIONS = {}


def run_own_tests():
    """All test cases of the apps on a copy of the template, and the messages of those that failed."""
    folders = [next(path for root in odoo.addons.__path__ if (path := Path(root) / app).exists()) for app in APPS]
    database = f"crm_own_{uuid.uuid4().hex[:8]}"
    copy_database(os.environ["CRM_TEST_TEMPLATE"], database)
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        command = [
            sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={folders[0].parent}", "-q",
            f"--odoo-database={database}", "--odoo-http", f"--odoo-config={os.environ['ODOO_RC']}",
            f"--junitxml={report}", *map(str, folders),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, check=False)
        finally:
            drop_database(database)
        cases = list(ElementTree.parse(report).iter("testcase"))
    return cases, {case.get("name"): problem.get("message") for case in cases for problem in _problems(case)}


def _problems(case):
    return [problem for kind in ("failure", "error", "skipped") for problem in case.iter(kind)]


@pytest.mark.background(job=run_own_tests)
def test_own_tests_of_crm_and_sale_crm_pass(background_result):
    cases, failed = background_result
    assert len(cases) > 130
    assert set(failed) <= set(EXCEPTIONS), failed
