"""Odoo's own tests of the apps that we extend pass with our addons installed as they do without them."""

import os
import subprocess
import sys
import uuid
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import odoo.addons

APPS = ("crm", "sale_crm")
# Names of tests that may fail with our addons, with the reason.
EXCEPTIONS = {}


@pytest.mark.parametrize("app", APPS)
def test_own_tests_of_the_app_pass(app, tmp_path):
    folder = next(path for root in odoo.addons.__path__ if (path := Path(root) / app).exists())
    database, report = f"crm_own_{uuid.uuid4().hex[:8]}", tmp_path / "report.xml"
    subprocess.run(["createdb", "-T", os.environ["CRM_TEST_TEMPLATE"], database], check=True)
    try:
        subprocess.run(
            [
                sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={folder.parent}", "-q",
                f"--odoo-database={database}", "--odoo-http", f"--odoo-config={os.environ['ODOO_RC']}",
                f"--junitxml={report}", str(folder),
            ],
            capture_output=True, check=False,
        )  # fmt: skip
    finally:
        subprocess.run(["dropdb", "--force", database], check=True)
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = {
        case.get("name"): (case.find("failure") if case.find("failure") is not None else case.find("error")).get(
            "message"
        )
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    }
    assert len(cases) > 10
    assert set(failed) <= set(EXCEPTIONS), failed
