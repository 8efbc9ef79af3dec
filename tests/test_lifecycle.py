"""Each addon installs alone, upgrades in place, uninstalls cleanly, and builds as a wheel."""

import os
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path

import pytest
from company import copy_database, drop_database

ROOT = Path(__file__).resolve().parents[1]
ADDONS = ("crm_frontoffice", "crm_service_desk", "crm_analytics")
LOST = """
SELECT count(*) FROM ir_model_fields field WHERE field.model IN (
    SELECT model FROM ir_model WHERE id NOT IN (SELECT res_id FROM ir_model_data WHERE model = 'ir.model'))
"""


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    assert not done.returncode, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def odoo(database, *arguments):
    output = run(
        sys.executable,
        "-m",
        "odoo",
        *arguments[:2],
        "--config",
        os.environ["ODOO_RC"],
        "--database",
        database,
        *arguments[2:],
    )
    problems = [line for line in output.splitlines() if " ERROR " in line or " CRITICAL " in line]
    assert not problems, "\n".join(problems)
    return output


def query(database, sql):
    return [line.split("|") for line in run("psql", "-XAtq", "-d", database, "-c", sql).splitlines()]


def installed(database):
    return {row[0] for row in query(database, "SELECT name FROM ir_module_module WHERE state = 'installed'")} & set(
        ADDONS
    )


def live_through(addon):
    """Install, upgrade and uninstall an addon in a database with Odoo's modules and none of ours."""
    database = f"crm_life_{uuid.uuid4().hex[:8]}"
    copy_database(os.environ["CRM_BASE_TEMPLATE"], database)
    try:
        odoo(database, "module", "install", addon)
        needed = installed(database)
        assert addon in needed
        odoo(database, "module", "upgrade", addon)
        odoo(database, "module", "uninstall", addon)
        assert installed(database) == needed - {addon}
        assert query(database, LOST) == [["0"]]
        _assert_nothing_left(database, addon)
        # What stays must load and work without us.
        odoo(database, "module", "upgrade", "sale_crm")
    finally:
        drop_database(database)


@pytest.mark.background(job=live_through)
@pytest.mark.parametrize("addon", ADDONS)
def test_addon_installs_upgrades_and_uninstalls(addon, background_result):
    """The job has asserted every step; an exception in it is raised here."""


def _assert_nothing_left(database, addon):
    left = query(
        database, f"SELECT model, name FROM ir_model_data WHERE module = '{addon}' AND model <> 'ir.module.module'"
    )
    assert left == []
    triggers = query(database, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'crm%'")
    if addon == "crm_analytics":
        assert triggers == []


@pytest.mark.parametrize("addon", ADDONS)
def test_addon_builds_as_a_wheel(addon, tmp_path):
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q", "-w", tmp_path, ROOT / addon)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"odoo_addon_{addon}-19.0.")
    names = zipfile.ZipFile(wheel).namelist()
    assert f"odoo/addons/{addon}/__manifest__.py" in names
