"""The demo company: a copy of the template, filled by the generator of `data/`."""

from .console import run, step
from .databases import DEMO
from .paths import ADDONS, LOGS, PYTHON, ROOT, digest


def ensure_demo(databases, template):
    """Make the demo database, or bring the addons in it up to date; what a person did in it stays."""
    if DEMO not in databases.server.databases():
        with step("Filling the demo company"):
            provisional = f"{DEMO}_new"
            databases.copy(template, provisional)
            fill(databases, provisional, "S")
            databases.rename(provisional, DEMO)
            databases.set_mark(DEMO, template)
    elif databases.mark_of(DEMO) != template:
        with step("Updating the addons of the demo company"):
            databases.odoo_command(DEMO, "-u", ",".join(ADDONS), "--stop-after-init", log="update-demo.log")
            databases.set_mark(DEMO, template)


def fill(databases, database, size):
    """Let the generator write a company of size S, M or L into a database."""
    command = [PYTHON, ROOT / "data" / "generate.py", "--database", database, "--size", size]
    run(command, env=databases.environment, log=LOGS / "generate.log", cwd=ROOT)


def generator_digest():
    return digest(ROOT / "data")
