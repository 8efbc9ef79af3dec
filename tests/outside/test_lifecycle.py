"""Each addon installs on top of what it depends on alone, upgrades in place, uninstalls cleanly, builds as a wheel."""

import os
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path

import pytest
from company_server import copy_database, drop_database

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ("crm_frontoffice", "crm_service_desk", "crm_analytics")  # each needs those before it


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert not done.returncode, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def query(database, sql):
    return [line.split("|") for line in run("psql", "-XAtq", "-d", database, "-c", sql).splitlines()]


class Life:
    """A database with Odoo's modules, into which our addons come and go."""

    def __init__(self, database):
        self.database = database

    def odoo(self, verb, addon):
        options = ("--config", os.environ["ODOO_RC"], "--database", self.database)
        output = run(sys.executable, "-m", "odoo", "module", verb, *options, addon)
        problems = [line for line in output.splitlines() if " ERROR " in line or " CRITICAL " in line]
        assert not problems, "\n".join(problems)

    def installed(self):
        rows = query(self.database, "SELECT name FROM ir_module_module WHERE state = 'installed'")
        return {row[0] for row in rows} & set(ADDONS)

    def left_of(self, addon):
        """What an uninstalled addon left in the database."""
        prefixes = {"crm_frontoffice": "crm_event", "crm_service_desk": "service_", "crm_analytics": "crm_fact"}
        prefix = prefixes[addon]
        return (
            query(
                self.database,
                f"SELECT model, name FROM ir_model_data WHERE module = '{addon}' AND model <> 'ir.module.module'",
            )
            + query(self.database, f"SELECT model FROM ir_model WHERE replace(model, '.', '_') LIKE '{prefix}%'")
            + query(self.database, f"SELECT relname FROM pg_class WHERE relname LIKE '{prefix}%' AND relkind = 'r'")
            + query(self.database, f"SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '{prefix}%'")
            + query(self.database, f"SELECT proname FROM pg_proc WHERE proname LIKE '{prefix}%'")
        )


@pytest.fixture(scope="module")
def life():
    database = f"crm_life_{uuid.uuid4().hex[:8]}"
    copy_database(os.environ["CRM_BASE_TEMPLATE"], database)
    yield Life(database)
    drop_database(database)


@pytest.mark.parametrize("addon", ADDONS)
def test_addon_installs_without_those_above_it(life, addon):
    life.odoo("install", addon)
    assert life.installed() == set(ADDONS[: ADDONS.index(addon) + 1])


def test_addons_upgrade_in_place(life):
    life.odoo("upgrade", ADDONS[0])
    assert life.installed() == set(ADDONS)


@pytest.mark.parametrize("addon", reversed(ADDONS))
def test_addon_uninstalls_and_leaves_nothing(life, addon):
    life.odoo("uninstall", addon)
    assert life.installed() == set(ADDONS[: ADDONS.index(addon)])
    assert life.left_of(addon) == []


def test_odoo_works_on_without_us(life):
    life.odoo("upgrade", "sale_crm")


@pytest.mark.parametrize("addon", ADDONS)
def test_addon_builds_as_a_wheel(addon, tmp_path):
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q", "-w", tmp_path, ROOT / addon)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"odoo_addon_{addon}-19.0.")
    assert f"odoo/addons/{addon}/__manifest__.py" in zipfile.ZipFile(wheel).namelist()
