"""Odoo 19.0 Community, from the first place that has it."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .console import DISK_FULL, SetupError, run, say, step
from .debian import PrivateApt, extract
from .paths import ODOO, STATE, disk_is_full

SERIES = "19.0"
PACKAGE_ROOT = Path("usr/lib/python3/dist-packages")
INSTALLED = ("/usr/lib/python3/dist-packages", "/opt/odoo", "/odoo", "/mnt/odoo")
GIT_URL = "https://github.com/odoo/odoo.git"

# Symbolic links of Debian's package lead into these; trixie is the release that has all of them.
COMPANIONS = (
    "libjs-jquery", "libjs-underscore", "libjs-jquery-form", "fonts-font-awesome",
    "fonts-roboto-unhinted", "fonts-montserrat", "fonts-inconsolata", "fonts-ocr-b",
)  # fmt: skip
# Debian leaves this file out; without it every page logs an error. It only blurs the background of video calls.
STRIPPED_FILE = Path("odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js")
# 835 MB of translations; English is the source and Russian is what we ship.
FOREIGN_TRANSLATIONS = ("*/i18n/[!r]*.po", "*/i18n/r[!u]*.po", "*/i18n/ru_*.po")

HELP = """\
Odoo 19.0 Community could not be found: connect the network and run the same command again, or set ODOO_PATH to a folder
with its source, or ODOO_DEB to the file odoo-19_19.0*.deb (snapshot.debian.org keeps it). Tried:
{tried}"""


def series_of(folder):
    """The series of the Odoo whose package `odoo` lies in a folder, or None."""
    release = Path(folder) / "odoo" / "release.py"
    if not release.is_file():
        return None
    found = re.search(r"^version_info = \((\d+|'[^']*'), (\d+)", release.read_text(), re.MULTILINE)
    return f"{found[1]}.{found[2]}" if found else "unknown"


def find_odoo():
    """The folder that holds the package `odoo`, fetched if need be.

    :raise SetupError: no source has it; the message lists what was tried
    """
    if os.environ.get("ODOO_PATH"):
        return _from_environment(Path(os.environ["ODOO_PATH"]).expanduser().resolve())
    given = os.environ.get("ODOO_DEB")
    if given and not Path(given).is_file():
        raise SetupError(f"ODOO_DEB={given} is no file: give the path of odoo-19_19.0*.deb.")
    tried = []
    for title, source in (
        ("the cache of this project", _from_cache),
        ("an installed Odoo", _from_system),
        ("Debian's package odoo-19", _from_debian),
        ("a git clone of branch 19.0", _from_git),
    ):
        try:
            folder = source()
        except SetupError as error:
            if disk_is_full():
                raise SetupError(DISK_FULL) from error
            tried.append(f"  - {title}: {error}")
            continue
        if folder:
            return folder
        tried.append(f"  - {title}: none")
    raise SetupError(HELP.format(tried="\n".join(tried)))


def _from_environment(path):
    for folder in (path, path.parent, path / PACKAGE_ROOT):
        if series_of(folder) == SERIES:
            return folder
    raise SetupError(
        f"ODOO_PATH={path} holds no Odoo {SERIES} "
        f"(looked for odoo/release.py; found series {series_of(path) or 'none'})."
    )


def _from_cache():
    for folder in (ODOO / PACKAGE_ROOT, ODOO / "git"):
        if series_of(folder) == SERIES and (ODOO / "complete").exists():
            return folder
    return None


def _from_system():
    return next((Path(folder) for folder in INSTALLED if series_of(folder) == SERIES), None)


def _from_debian():
    given = os.environ.get("ODOO_DEB")
    title = f"Unpacking {given}" if given else "Fetching Odoo 19 from Debian (122 MB, signature checked)"
    with step(title):
        package = Path(given) if given else _download_odoo()
        shutil.rmtree(ODOO, ignore_errors=True)
        extract(package, ODOO, [f"./{PACKAGE_ROOT}/odoo"], exclude=FOREIGN_TRANSLATIONS)
        _add_companions()
    folder = ODOO / PACKAGE_ROOT
    if series_of(folder) != SERIES:
        raise SetupError(f"{package.name} holds series {series_of(folder)}, not {SERIES}")
    _finish(f"{package.name}")
    return folder


def _download_odoo():
    failures = []
    for suite in ("sid", "forky"):
        apt = PrivateApt(suite)
        try:
            apt.update()
            return apt.download("odoo-19", STATE / "deb")
        except SetupError as error:
            failures.append(str(error).splitlines()[0])
    raise SetupError("; ".join(failures))


def _add_companions():
    """Fetch the libraries and fonts that the package links to, and let the links end in our folder."""
    apt = PrivateApt("trixie")
    apt.update()
    for name in COMPANIONS:
        package = apt.download(name, STATE / "deb")
        extract(package, ODOO, ["./usr/share"])
    package_folder = ODOO / PACKAGE_ROOT
    for link in package_folder.rglob("*"):
        if link.is_symlink() and (target := os.readlink(link)).startswith("/usr/share/"):
            link.unlink()
            link.symlink_to(os.path.relpath(ODOO / target[1:], link.parent))
    stub = package_folder / STRIPPED_FILE
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("// Left out by Debian: background blur of video calls stays off.\n")


def _from_git():
    if not shutil.which("git"):
        raise SetupError("git is not installed")
    try:
        subprocess.run(
            ["git", "ls-remote", "--exit-code", GIT_URL, SERIES],
            check=True,
            capture_output=True,
            timeout=20,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
    except (subprocess.SubprocessError, OSError):
        raise SetupError("github.com did not answer") from None
    with step("Cloning Odoo's branch 19.0"), tempfile.TemporaryDirectory(dir=STATE) as scratch:
        run(["git", "clone", "--depth", "1", "--branch", SERIES, GIT_URL, f"{scratch}/odoo"], log=STATE / "git.log")
        shutil.rmtree(ODOO, ignore_errors=True)
        # A clone keeps most addons beside the package; the namespace package takes them in.
        clone, target = Path(scratch, "odoo"), ODOO / "git"
        ODOO.mkdir(parents=True)
        shutil.move(clone, target)
        for addon in (target / "addons").iterdir():
            if not (target / "odoo" / "addons" / addon.name).exists():
                shutil.move(addon, target / "odoo" / "addons" / addon.name)
    _finish("git " + run(["git", "-C", ODOO / "git", "rev-parse", "HEAD"]).strip())
    return ODOO / "git"


def _finish(origin):
    """Mark the folder as whole, so that an interrupted fetch is never taken for a finished one."""
    (ODOO / "complete").write_text(f"{origin}\n")
    say(f"    Odoo {SERIES} from {origin}")


def origin_of(folder):
    """What identifies an Odoo for caches: the package or commit that we fetched, else the folder itself."""
    for parent in folder.parents:
        if (parent / "complete").exists():
            return (parent / "complete").read_text()
    return str(folder)
