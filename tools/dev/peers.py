"""Addons of others that the benchmark compares with: in a folder and in databases of their own, where ours are not."""

import shlex
import shutil

from .console import step
from .databases import Databases
from .paths import ROOT, STATE, digest
from .python_env import pip_install

REQUIREMENTS = ROOT / "requirements-peers.txt"
FOLDER = STATE / "peers"
ADDONS = FOLDER / "odoo" / "addons"
# What the operations call them, and what is installed for it.
HELPDESK = "helpdesk_mgmt"
PEERS = {HELPDESK: ("helpdesk_mgmt", "helpdesk_mgmt_sla")}
ADDONS_PATH = f"{ROOT},{ADDONS}"


def ensure_peers(databases: Databases, stock, arguments):
    """Databases with the company of `stock` and the addons of others, by name.

    :param arguments: those of the benchmark: what its operations do not compare with is not made
    """
    if not _are_wanted(arguments):
        return {}
    _ensure_addons()
    made = {}
    for name, addons in PEERS.items():
        made[name] = database = f"{stock.removesuffix('_stock')}_{name}"
        mark = f"{databases.mark_of(stock)}_{digest(REQUIREMENTS)}"
        if database not in databases.server.databases() or databases.mark_of(database) != mark:
            with step(f"Installing {name} for the comparison"):
                databases.copy(stock, database)
                options = ("--addons-path", ADDONS_PATH, "-i", ",".join(addons), "--stop-after-init")
                databases.odoo_command(database, *options, log="peers.log")
                databases.set_mark(database, mark)
    return made


def _are_wanted(arguments):
    chosen = [part.partition("=")[2] for part in shlex.split(arguments) if part.startswith("--only=")]
    return not chosen or any(name.startswith("tickets") for names in chosen for name in names.split(","))


def _ensure_addons():
    stamp = FOLDER / ".made"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest(REQUIREMENTS):
        return
    with step("Fetching the addons of others"):
        shutil.rmtree(FOLDER, ignore_errors=True)
        # Without what they depend on: Odoo is there, and nothing of theirs goes into the environment.
        pip_install("--no-deps", "--target", FOLDER, "-r", REQUIREMENTS)
        stamp.write_text(digest(REQUIREMENTS), encoding="utf-8")
