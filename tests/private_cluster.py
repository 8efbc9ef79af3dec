"""A PostgreSQL cluster of a test's own, which may be killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START = """
import json
from tools.dev import postgres
server = postgres.ensure_server()
print(json.dumps({"environment": server.environment, "data": str(postgres.postgres_account().data)}))
"""
REMOVE = """
from tools.dev import postgres
postgres.stop_private_server()
postgres.remove_private_server()
"""


class PrivateCluster:
    """Use it as a context manager.

    :param folder: where the cluster lies; with nothing else in it
    """

    def __init__(self, folder):
        self.state = folder / "state"
        self.environment, self.data = {}, None

    def __enter__(self):
        self.state.mkdir()
        # The programs come with the project's Python environment.
        (self.state / "venv").symlink_to(Path(sys.prefix), target_is_directory=True)
        self.start()
        return self

    def __exit__(self, *_error):
        self._run(REMOVE)
        shutil.rmtree(self.state, ignore_errors=True)

    def start(self):
        """Start it; after a kill it recovers first."""
        found = json.loads(self._run(START).splitlines()[-1])
        self.environment, self.data = found["environment"], Path(found["data"])

    def kill(self):
        """All processes at once, as when the power fails: none has the time to write what it holds."""
        master = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        for process in (master, *map(int, children)):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it had just ended

    def take_over(self, database):
        """Bring a database of the tests' own server here, under the same name."""
        subprocess.run(["createdb", database], env=self._get_variables(), check=True)
        dump = subprocess.Popen(["pg_dump", "-Fp", database], stdout=subprocess.PIPE)
        subprocess.run(
            ["psql", "-q", "-X", "-d", database], stdin=dump.stdout, env=self._get_variables(), check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert dump.wait() == 0
        # Otherwise the recovery after the first kill goes through the whole copy once more.
        subprocess.run(["psql", "-q", "-X", "-d", database, "-c", "CHECKPOINT"], env=self._get_variables(), check=True)

    def _get_variables(self):
        return {**os.environ, **self.environment}

    def _run(self, script):
        variables = {name: value for name, value in os.environ.items() if name not in ("PGHOST", "DB_HOST")}
        variables |= {"CRM_STATE_DIR": str(self.state)}
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
