"""The demo server: one Odoo process in the background, with the runner of queue_job inside."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .console import SetupError
from .databases import CONFIG
from .paths import LOGS, PYTHON, STATE

PID_FILE = STATE / "server.pid"
LOG = LOGS / "server.log"
START_TIMEOUT = 240  # seconds until the first page answers


def running_pid():
    """The process id of our demo server, or None."""
    if not PID_FILE.exists():
        return None
    pid = int(PID_FILE.read_text() or 0)
    with contextlib.suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if str(CONFIG).encode() in command:
            return pid
    return None


def check_port(port):
    if not 0 < port < 65536:
        raise SetupError(f"{port} is no port number: choose one from 1024 to 65535, as in `make demo PORT=8070`.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise SetupError(f"Port {port} is for root alone: choose another with `make demo PORT=8070`.") from error
        except OSError as error:
            raise SetupError(
                f"Port {port} is used by another program: stop it, or choose another with `make demo PORT={port + 1}`."
            ) from error


def start(database, port, environment):
    """Start the server and wait for its first page."""
    check_port(port)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    command = [
        str(PYTHON), "-m", "odoo", "--config", str(CONFIG), "--database", database, "--db-filter", f"^{database}$",
        "--http-port", str(port), "--logfile", str(LOG),
    ]  # fmt: skip
    environment = {
        **environment,
        "ODOO_QUEUE_JOB_CHANNELS": "root:2",
        "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
        "ODOO_QUEUE_JOB_PORT": str(port),
        "ODOO_QUEUE_JOB_JOBRUNNER_DB_HOST": environment["PGHOST"],
        "ODOO_QUEUE_JOB_JOBRUNNER_DB_PORT": environment.get("PGPORT", "5432"),
        "ODOO_QUEUE_JOB_JOBRUNNER_DB_USER": environment.get("PGUSER", "odoo"),
    }
    with open(LOG, "a", encoding="utf-8") as sink:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
        )
    PID_FILE.write_text(str(process.pid))
    _wait_for_page(process, f"http://127.0.0.1:{port}/web/login")


def _wait_for_page(process, url):
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=60):
            return
        time.sleep(0.3)
    tail = "\n".join(LOG.read_text(errors="replace").splitlines()[-8:])
    raise SetupError(f"The server did not start; the end of {LOG}:\n{tail}")


def stop():
    """Stop the server; true if one ran."""
    pid = running_pid()
    if pid is None:
        PID_FILE.unlink(missing_ok=True)
        return False
    for sign, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and running_pid():
            time.sleep(0.1)
        if not running_pid():
            break
    PID_FILE.unlink(missing_ok=True)
    return True
