"""Packages of Debian: fetched through a private apt state: neither root nor the system's lists are touched."""

import os
import shutil
import subprocess
from pathlib import Path

from .console import SetupError, bound, run
from .paths import STATE

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

CONFIGURATION = """\
Dir::Etc::sourcelist "{home}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{home}/state";
Dir::State::Lists "{home}/lists";
Dir::State::status "{home}/status";
Dir::Cache "{home}/cache";
Acquire::Languages "none";
// A mirror may lag behind the seven days that a Release file of sid is valid; its signature is checked all the same.
Acquire::Check-Valid-Until "false";
APT::Sandbox::User "";
"""


class PrivateApt:
    """One suite of Debian with lists of its own; signatures are verified with Debian's keyring."""

    def __init__(self, suite):
        self.suite = suite
        self.home = STATE / "apt" / suite
        self.environment = {**os.environ, "APT_CONFIG": str(self.home / "apt.conf"), "LC_ALL": "C"}

    def update(self):
        if not shutil.which("apt-get") or not Path(KEYRING).exists():
            raise SetupError("this is not a Debian system (no apt-get or no Debian keyring)")
        for folder in ("state", "lists/partial", "cache/archives/partial"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        (self.home / "status").touch()
        (self.home / "apt.conf").write_text(CONFIGURATION.format(home=self.home))
        (self.home / "sources.list").write_text(f"deb [signed-by={KEYRING}] {find_mirror()} {self.suite} main\n")
        output = run(["apt-get", "update"], env=self.environment, timeout=180)
        for sign in ("is not signed", "Failed to fetch", "NO_PUBKEY"):
            if sign in output:
                raise SetupError(f"Debian {self.suite} cannot be used: {sign}")

    def download(self, package, folder):
        """Fetch one package; apt checks its hash against the signed list."""
        folder.mkdir(parents=True, exist_ok=True)
        run(["apt-get", "download", package], env=self.environment, cwd=folder, timeout=1800)
        found = sorted(folder.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
        if not found:
            raise SetupError(f"Debian {self.suite} has no {package}")
        return found[-1]


def find_mirror():
    """Debian's mirror: `DEBIAN_MIRROR`, else the one from which this machine gets its own packages."""
    if os.environ.get("DEBIAN_MIRROR"):
        return os.environ["DEBIAN_MIRROR"]
    # Without --no-release-info apt tells only what `apt-get update` has fetched: nothing on a fresh machine.
    targets = ["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI) $(COMPONENT)"]
    for line in run([*targets, "Created-By: Packages"]).splitlines():
        address, _space, component = line.partition(" ")
        # Debian's images for clouds write mirror+file:/etc/apt/mirrors/debian.list
        if component == "main" and address.rstrip("/").endswith(("/debian", "/debian.list")):
            return address
    raise SetupError("apt knows no mirror of Debian here: name one by DEBIAN_MIRROR")


def extract(package, target, members, exclude=()):
    """Unpack the named members of a .deb below a folder, without installing it."""
    target.mkdir(parents=True, exist_ok=True)
    filters = [f"--exclude={pattern}" for pattern in exclude]
    with subprocess.Popen(
        bound(["dpkg-deb", "--fsys-tarfile", str(package)]), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as unpack:
        done = subprocess.run(
            bound(["tar", "-x", "-C", str(target), "--wildcards", "--no-same-owner", *filters, *members]),
            stdin=unpack.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or unpack.returncode:
        reason = (done.stderr.strip() or "it is no package of Debian").splitlines()[0]
        raise SetupError(f"{package.name} cannot be unpacked: {reason}")


def install_system_packages(packages, purpose, *, required=True):
    """Install missing system packages where we may (root), else say which ones the administrator should install."""
    missing = [name for name in packages if not _is_installed(name)]
    if not missing:
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
        run(["apt-get", "update"], env=environment, timeout=300)
        run(["apt-get", "install", "-y", "--no-install-recommends", *missing], env=environment, timeout=1800)
        return True
    if required:
        raise SetupError(f"{purpose}: something is missing, run `sudo apt-get install {' '.join(missing)}` once.")
    return False


def _is_installed(package):
    if not shutil.which("dpkg-query"):
        return False
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}", package], capture_output=True, text=True, check=False
    )
    return "install ok installed" in query.stdout
