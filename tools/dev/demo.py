"""The demo company: a copy of the template, filled by the generator of `data/`."""

from .console import SetupError, run, step
from .databases import DEMO
from .paths import ADDONS, LOGS, PYTHON, ROOT, digest


def ensure_demo_template(databases, template):
    """The name of a database with the generated company of size S, for the demo and for tests that look at screens."""
    name = f"crm_tpl_demo_{digest(template, ROOT / 'data')}"
    if not databases.has(name):
        databases.drop_others("crm_tpl_demo_", keep={name})
        fill_copy(databases, template, name, "S")
    return name


def ensure_demo(databases, template):
    """Make the demo database, or bring the addons in it up to date; what a person did in it stays."""
    if DEMO in databases.server.databases() and not databases.has(DEMO):
        raise SetupError(
            f"The server has a database {DEMO} of another folder: drop it with dropdb, or use another server."
        )
    if not databases.has(DEMO):
        databases.copy(ensure_demo_template(databases, template), f"{DEMO}_new")
        databases.rename(f"{DEMO}_new", DEMO)
        databases.set_mark(DEMO, template)
    elif databases.mark_of(DEMO) != template:
        with step("Updating the addons of the demo company"):
            databases.odoo_command(DEMO, "-u", ",".join(ADDONS), "--stop-after-init", log="update-demo.log")
            databases.set_mark(DEMO, template)


def fill_copy(databases, template, name, size):
    """Let the generator write a company of size S, M or L into a copy of the template."""
    provisional = f"{name}_new"
    with step(f"Generating a company of size {size}"):
        databases.copy(template, provisional)
        command = [PYTHON, ROOT / "data" / "generate.py", "--database", provisional, "--size", size]
        run(command, env=databases.environment, log=LOGS / "generate.log", cwd=ROOT)
        databases.rename(provisional, name)


def generator_digest():
    return digest(ROOT / "data")
