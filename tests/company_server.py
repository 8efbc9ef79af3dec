"""A real Odoo server on a copy of the demo company, as another process would meet it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
import xmlrpc.client
from pathlib import Path

from odoo.tools import config

config.parse_config(["--config", os.environ["ODOO_RC"]], setup_logging=False)
START_TIMEOUT = 120  # seconds
# werkzeug's access log as Odoo writes it: request, status, number of queries, their seconds, the other seconds.
ACCESS = re.compile(r'"(?P<method>[A-Z]+) (?P<path>\S+) HTTP[^"]*" (?P<status>\d{3}) - (?P<queries>\d+) ')

MAKE_KEY = """
import sys
from datetime import datetime, timedelta
import odoo
from odoo import api
from odoo.modules.registry import Registry
odoo.tools.config.parse_config(["--config", sys.argv[1], "--database", sys.argv[2], "--no-http"])
with Registry(sys.argv[2]).cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    keys = env["res.users.apikeys"].with_user(env.ref("base.user_admin"))
    print("KEY", keys._generate("rpc", "example", datetime.now() + timedelta(days=1)))
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, environment=None):
    subprocess.run([str(part) for part in command], check=True, capture_output=True, env=environment)


def copy_database(source, target, environment=None):
    """Copy a template and its files; files are hard links, since Odoo never changes one in place."""
    run("createdb", "-T", source, target, environment=environment)
    if Path(config.filestore(source)).exists():
        run("cp", "-al", config.filestore(source), config.filestore(target))


def drop_database(name, environment=None):
    run("dropdb", "--force", name, environment=environment)
    shutil.rmtree(config.filestore(name), ignore_errors=True)


class CompanyServer:
    """Use it as a context manager; the database is dropped at the end.

    :param environment: variables that name another PostgreSQL server
    :param crons: processes that run scheduled actions
    """

    def __init__(self, folder, *, template=None, workers=0, crons=0, environment=None):
        self.workers, self.crons = workers, crons
        self.environment = {**os.environ, **(environment or {})}
        self.template = template or os.environ["CRM_DEMO_TEMPLATE"]
        self.database = f"crm_server_{uuid.uuid4().hex[:8]}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(folder) / "server.log"
        self.process = None

    def __enter__(self):
        copy_database(self.template, self.database, self.environment)
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
        drop_database(self.database, self.environment)

    def start(self):
        environment = {
            **self.environment,
            "ODOO_QUEUE_JOB_CHANNELS": "root:2",
            "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
            "ODOO_QUEUE_JOB_PORT": str(self.port),
            "ODOO_QUEUE_JOB_JOBRUNNER_DB_HOST": self.environment["PGHOST"],
            "ODOO_QUEUE_JOB_JOBRUNNER_DB_PORT": self.environment.get("PGPORT", "5432"),
            "ODOO_QUEUE_JOB_JOBRUNNER_DB_USER": self.environment.get("PGUSER", "odoo"),
        }
        # With several workers Odoo starts its own script once more, for long polling: a module's name does not do.
        command = [
            sys.executable, str(Path(sys.prefix) / "bin" / "odoo"), "--config", os.environ["ODOO_RC"],
            "--database", self.database, "--db-filter", f"^{self.database}$", "--db_host", self.environment["PGHOST"],
            "--http-port", str(self.port), "--gevent-port", str(free_port()),
            "--workers", str(self.workers), "--max-cron-threads", str(self.crons),
        ]  # fmt: skip
        with open(self.log, "a", encoding="utf-8") as sink:
            self.process = subprocess.Popen(
                command, env=environment, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/web/login", timeout=60):
                return
            time.sleep(0.3)
        raise AssertionError(f"the server did not start:\n{self.log.read_text(errors='replace')[-3000:]}")

    def stop(self, sign=signal.SIGTERM):
        self.process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait()

    def kill(self):
        """All processes of the server at once, in the middle of whatever they do."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart_if_dead(self):
        """What a service manager does: the master of several workers ends when its connection is cut."""
        if self.process.poll() is not None:
            self.start()

    # ---- as an external system

    def connect(self, login, password=None):
        """A function that calls a method of a model over XML-RPC as a user."""
        password = password or login
        uid = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/common").authenticate(self.database, login, password, {})
        models = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object", allow_none=True)

        def call(model, method, *arguments, **options):
            return models.execute_kw(self.database, uid, password, model, method, list(arguments), options)

        return call

    def make_api_key(self):
        """An API key of the administrator, for JSON-2."""
        command = [sys.executable, "-c", MAKE_KEY, os.environ["ODOO_RC"], self.database]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return re.search(r"^KEY (\S+)$", output, re.MULTILINE)[1]

    # ---- what it cost

    def mark(self):
        """A point in the log, for `requests_since`."""
        return self.log.stat().st_size

    def requests_since(self, mark):
        """Requests since a point as (method, path, status, number of queries)."""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            file.seek(mark)
            found = [ACCESS.search(line) for line in file]
        return [
            (match["method"], match["path"], int(match["status"]), int(match["queries"])) for match in found if match
        ]
