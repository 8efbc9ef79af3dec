"""The commands behind the Makefile: demo, stop, clean, shell, test, lint, bench, screens."""

import argparse
import contextlib
import errno
import fcntl
import os
import pwd
import shlex
import shutil
import sys

from . import server
from .console import CUT_OFF, DISK_FULL, SetupError, say, step
from .databases import CONFIG, DEMO, Databases
from .demo import ensure_demo
from .odoo_source import find_odoo
from .paths import ADDONS, LOGS, ODOO, PYTHON, ROOT, STATE, VENV, disk_is_full
from .postgres import ensure_server, names_existing_server, remove_private_server, stop_private_server
from .python_env import ensure_environment
from .testing import ensure_browser, ensure_node, run_benchmark, run_lint, run_screens, run_tests

NEEDED_SPACE = 4  # GiB: Odoo, libraries, templates and a demo database


def main():
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    parser.add_argument("command", choices=[*COMMANDS])
    parser.add_argument("--port", default=os.environ.get("PORT") or "8069")
    parser.add_argument("--args", default=os.environ.get("ARGS", ""), help="narrows what test, lint and bench do")
    options = parser.parse_args()
    try:
        _check_options(options)
        _check_owner()
        with contextlib.nullcontext() if options.command == "stop" else _only_one_at_a_time():
            return COMMANDS[options.command](options) or 0
    except SetupError as error:
        say(f"\nStopped: {_sentence(str(error))}")
    except OSError as error:
        told = DISK_FULL if error.errno == errno.ENOSPC else f"{error.filename}: {error.strerror}."
        say(f"\nStopped: {_sentence(told)}")
    except KeyboardInterrupt:
        say("\nStopped. The same command goes on where this one was interrupted.")
    return 1


def _sentence(told):
    """What a failure means when the disk is, or was, full; then no compiled file can be trusted."""
    full = told == DISK_FULL or (STATE.exists() and disk_is_full())
    if not full and CUT_OFF not in told:
        return told
    for folder in (VENV, ODOO, *(ROOT / addon for addon in ADDONS), ROOT / "data", ROOT / "tools"):
        for cache in [*folder.rglob("__pycache__")]:
            shutil.rmtree(cache, ignore_errors=True)
    return (
        DISK_FULL if full else "A full disk had cut off compiled files: they are removed, run the same command again."
    )


def _check_options(options):
    if not options.port.isdecimal():
        raise SetupError(f"PORT={options.port} is no number: choose one from 1024 to 65535.")
    options.port = int(options.port)
    try:
        shlex.split(options.args)
    except ValueError as error:
        raise SetupError(f"ARGS={options.args} cannot be read: {error}.") from error


def _check_owner():
    """Another user's processes, databases and files would refuse us one by one: say it once. Never take over a folder
    that holds other things: `make clean` would remove them."""
    lock = STATE / "lock"
    if lock.exists() and (owner := lock.stat().st_uid) != os.geteuid():
        name = pwd.getpwuid(owner).pw_name if owner in {entry.pw_uid for entry in pwd.getpwall()} else owner
        raise SetupError(f"{STATE} was set up by the user {name}: run the command as that user, or clone anew.")
    if STATE.exists() and not lock.exists() and {entry.name for entry in STATE.iterdir()} - {"lost+found", "log"}:
        raise SetupError(f"{STATE} holds other files: let CRM_STATE_DIR name an empty or a new folder.")


@contextlib.contextmanager
def _only_one_at_a_time():
    """Two commands in one folder would build the same databases: the second one says so and leaves."""
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / "lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError("Another make command works in this folder: wait for its end.") from None
        LOGS.mkdir(exist_ok=True)
        yield


def _prepare(*, development=False):
    """Everything up to the template database that has our addons."""
    _check_space()
    odoo = find_odoo()
    ensure_environment(odoo, development=development)
    databases = Databases(ensure_server(), odoo)
    return databases, databases.ensure_templates()


def _check_space():
    free = shutil.disk_usage(STATE).free / 2**30
    if not (STATE / "odoo").exists() and free < NEEDED_SPACE:
        raise SetupError(f"{NEEDED_SPACE} GB of disk space are needed in {STATE}, {free:.1f} GB are free.")


def demo(options):
    pid = server.running_pid()
    if pid:
        server.stop()
    server.check_port(options.port)
    databases, template = _prepare()
    ensure_demo(databases, template)
    with step("Starting the server"):
        server.start(DEMO, options.port, databases.environment)
    say(
        f"\nThe CRM answers at  http://127.0.0.1:{options.port}\n"
        "  administrator        admin / admin\n"
        "  salesperson          anna / anna         sales manager   maria / maria\n"
        "  service agent        sven / sven         customer        portal / portal\n"
        f"`make stop` ends it; its log is {server.LOG}."
    )


def stop(_options):
    stopped = server.stop()
    stop_private_server()
    say("The server and the database are stopped." if stopped else "The server did not run; the database is stopped.")


def clean(options):
    stop(options)
    remove_private_server()
    shutil.rmtree(STATE, ignore_errors=True)
    say(f"{STATE} is removed: the next command starts from nothing.")
    if names_existing_server():
        say("The databases crm_* on the server that PGHOST names stay: drop them with dropdb.")


def shell(_options):
    databases, template = _prepare()
    if DEMO not in databases.server.databases():
        ensure_demo(databases, template)
    command = [PYTHON, "-m", "odoo", "shell", "--config", CONFIG, "--database", DEMO, "--no-http"]
    # Replacing this process lets go of the lock: other commands work while the prompt is open.
    os.execve(PYTHON, [str(part) for part in command], databases.environment)


def prepare(_options):
    say(f"Ready: {_prepare(development=True)[1]}")


def test(options):
    ensure_browser()
    ensure_node()
    databases, template = _prepare(development=True)
    return run_tests(databases, template, options.args)


def lint(options):
    ensure_environment(find_odoo(), development=True)
    return run_lint(ADDONS, options.args)


def bench(options):
    databases, template = _prepare(development=True)
    return run_benchmark(databases, template, options.args)


def screens(options):
    ensure_browser()
    databases, template = _prepare(development=True)
    return run_screens(databases, template, options.args)


COMMANDS = {command.__name__: command for command in (demo, stop, clean, shell, prepare, test, lint, bench, screens)}

if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
