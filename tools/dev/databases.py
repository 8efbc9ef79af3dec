"""Databases: two cached templates (Odoo's modules; ours on top) and copies of them for the demo and for tests."""

import ast
import os
import shutil
import textwrap
import uuid

from .console import run, step
from .odoo_source import origin_of
from .paths import ADDONS, FILESTORE, LOGS, PYTHON, ROOT, STATE, digest
from .python_env import BINARIES, OCA, RUNTIME

CONFIG = STATE / "odoo.conf"
DEMO = "crm_demo"

# Installing a chart of accounts is what a person would do first; Odoo does it alone only for companies with a country.
PREPARE_COMPANY = """
company = env.ref("base.main_company")
company.write({"country_id": env.ref("base.us").id, "name": "Northwind Trading"})
if not company.chart_template:
    env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
russian = env["res.lang"]._activate_lang("ru_RU")
env["base.language.install"].create({"lang_ids": [(6, 0, russian.ids)], "overwrite": False}).lang_install()
env.cr.commit()
"""
# Bundles made once here spare every copy half a minute at its first page.
PREPARE_ASSETS = """
env["ir.qweb"]._pregenerate_assets_bundles()
for bundle in ("web.assets_tests",):
    env["ir.qweb"]._get_asset_bundle(bundle, css=False).js()
env.cr.commit()
"""


def manifest(addon):
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text(encoding="utf-8"))


def foreign_depends():
    """The modules that our addons need and that are not ours."""
    return sorted({name for addon in ADDONS for name in manifest(addon)["depends"]} - set(ADDONS))


class Databases:
    """Builds and copies databases on one server.

    A build happens under a provisional name and is renamed at its end: what carries the final name is whole.
    """

    def __init__(self, server, odoo):
        self.server = server
        self.odoo = origin_of(odoo)
        self.write_config()

    def write_config(self):
        environment = self.server.environment
        options = {
            "addons_path": ROOT,
            "data_dir": FILESTORE,
            "db_host": environment["PGHOST"],
            "db_port": environment.get("PGPORT", "5432"),
            "db_user": environment.get("PGUSER", "odoo"),
            "db_template": "template1",
            "pg_path": self.server.binaries,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "server_wide_modules": "base,rpc,web,queue_job",
            "max_cron_threads": 1,
            "limit_time_real": 1200,
            "limit_time_cpu": 1200,
        }
        if environment.get("PGPASSWORD"):
            options["db_password"] = environment["PGPASSWORD"]
        lines = "".join(f"{name} = {value}\n" for name, value in options.items())
        CONFIG.write_text(f"[options]\n{lines}\n[queue_job]\nchannels = root:2\n", encoding="utf-8")

    # ---- building

    def ensure_templates(self):
        """The name of the template with our addons installed."""
        base = f"crm_tpl_odoo_{digest(self.odoo, RUNTIME[0], BINARIES, OCA, foreign_depends(), PREPARE_COMPANY)}"
        if not self.has(base):
            self._build(
                base, None, f"Installing Odoo's modules ({len(foreign_depends())} and what they need)", self._fill_base
            )
        addons = f"crm_tpl_addons_{digest(base, PREPARE_ASSETS, *(ROOT / addon for addon in ADDONS))}"
        if not self.has(addons):
            self._build(addons, base, "Installing the CRM's addons", self._fill_addons)
            self.drop_others("crm_tpl_", keep={base, addons})
        self.base = base
        return addons

    def _fill_base(self, name):
        self.odoo_command(name, "-i", ",".join(foreign_depends()), "--stop-after-init", log="template-odoo.log")
        self.shell(name, PREPARE_COMPANY)

    def _fill_addons(self, name):
        self.odoo_command(name, "-i", ",".join(ADDONS), "--stop-after-init", log="template-addons.log")
        self.shell(name, PREPARE_ASSETS)

    def _build(self, name, source, title, fill):
        with step(title):
            provisional = f"{name}_new"
            self.drop(provisional)
            self.copy(source, provisional) if source else self.server.program(
                "createdb", "-T", "template1", provisional
            )
            fill(provisional)
            self.rename(provisional, name)

    def has(self, name):
        """Whether a database is there with its files; on a server of others it may be another folder's."""
        return name in self.server.databases() and (FILESTORE / "filestore" / name).exists()

    # ---- copies

    def copy(self, source, target):
        """Copy a database and its files; files are hard links, since the filestore never changes one in place."""
        self.drop(target)
        self.server.program("createdb", "-T", source, target)
        files = FILESTORE / "filestore"
        if (files / source).exists():
            shutil.copytree(files / source, files / target, copy_function=os.link)
        # Two databases with one identity would share sessions and caches.
        self.server.query(
            f"UPDATE ir_config_parameter SET value = '{uuid.uuid4()}' WHERE key = 'database.uuid'", target
        )

    def rename(self, name, final):
        """Give a finished database its final name, replacing what had it."""
        self.drop(final)
        # Files first: whatever interrupts this, a database with its final name has its files.
        files = FILESTORE / "filestore"
        if (files / name).exists():
            (files / name).rename(files / final)
        self.server.query(f'ALTER DATABASE "{name}" RENAME TO "{final}"')

    def mark_of(self, name):
        """The text that `set_mark` left on a database: what it was made from."""
        rows = self.server.query(
            f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
        )
        return rows[0][0] if rows else ""

    def set_mark(self, name, mark):
        self.server.query(f"COMMENT ON DATABASE \"{name}\" IS '{mark}'")

    def drop(self, name):
        if name in self.server.databases():
            self.server.query(f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(FILESTORE / "filestore" / name, ignore_errors=True)

    def drop_others(self, prefix, keep):
        for name in self.server.databases():
            if name.startswith(prefix) and name not in keep:
                self.drop(name)

    # ---- Odoo's own commands

    @property
    def environment(self):
        # Compiled Python files are kept: without them every start compiles Odoo anew.
        environment = {**self.server.process_environment, "ODOO_RC": str(CONFIG)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PATH"] = f"{PYTHON.parent}:{self.server.binaries}:{environment.get('PATH', '')}"
        return environment

    def odoo_command(self, database, *arguments, log=None):
        command = [PYTHON, "-m", "odoo", "--config", CONFIG, "--database", database, "--no-http", *arguments]
        return run(command, env=self.environment, log=LOGS / (log or "odoo.log"))

    def shell(self, database, code):
        """Run a piece of Python with `env` of a database; an exception in it fails."""
        script = STATE / "shell.py"
        script.write_text(
            textwrap.dedent("""\
                import odoo, sys
                from odoo import api
                from odoo.modules.registry import Registry
                odoo.tools.config.parse_config(["--config", sys.argv[1], "--database", sys.argv[2], "--no-http"])
                with Registry(sys.argv[2]).cursor() as cr:
                    env = api.Environment(cr, api.SUPERUSER_ID, {})
                    exec(compile(sys.argv[3], "<set-up>", "exec"), {"env": env})
                """)
        )
        return run([PYTHON, script, CONFIG, database, code], env=self.environment, log=LOGS / "shell.log")
