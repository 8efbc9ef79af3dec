"""The virtual environment: pinned libraries, Odoo known to pip as a distribution, OCA's addons on top."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile

from .console import SetupError, run, step
from .debian import PrivateApt, extract, install_system_packages
from .odoo_source import SERIES
from .paths import LOGS, PYTHON, ROOT, STATE, VENV, digest

UV = "uv==0.13.9"
RUNTIME = (ROOT / "requirements.txt",)
BINARIES = ROOT / "requirements-bin.txt"
OCA = ROOT / "requirements-oca.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"

# Shared libraries of the PDF printer; without them everything but printing works.
PRINTER_LIBRARIES = ("libxrender1", "libxext6", "libx11-6", "libfontconfig1")


def ensure_environment(odoo, *, development=False):
    """Make the environment complete; a finished part is recognised by the digest of what it was made from."""
    _ensure_venv()
    _ensure("runtime", [*RUNTIME, BINARIES, OCA, str(odoo), SERIES], lambda: _install_runtime(odoo))
    if development:
        _ensure("development", [DEVELOPMENT, digest(*RUNTIME)], lambda: pip_install("-r", DEVELOPMENT))


def _ensure(name, sources, install):
    stamp = VENV / f".{name}"
    wanted = digest(*sources)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step(f"Installing the Python libraries ({name})"):
        install()
    stamp.write_text(wanted)


def _ensure_venv():
    if (VENV / ".made").exists():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    with step("Making the virtual environment"):
        try:
            run([sys.executable, "-m", "venv", VENV])
        except SetupError:
            _venv_without_ensurepip()
        run([PYTHON, "-m", "pip", "install", "--quiet", UV], timeout=600)
    (VENV / ".made").touch()


def _venv_without_ensurepip():
    """Debian splits pip off Python: root installs the package, others borrow pip's wheel from it."""
    shutil.rmtree(VENV, ignore_errors=True)
    if os.geteuid() == 0 and install_system_packages(["python3-venv"], "Python", required=False):
        run([sys.executable, "-m", "venv", VENV])
        return
    run([sys.executable, "-m", "venv", "--without-pip", VENV])
    apt = PrivateApt("bookworm")
    apt.update()
    extract(apt.download("python3-pip-whl", STATE / "deb"), STATE / "pip", ["./usr/share/python-wheels"])
    wheel = next((STATE / "pip").rglob("pip-*.whl"))
    run([PYTHON, f"{wheel}/pip", "install", "--quiet", "pip"], timeout=600)


def pip_install(*arguments):
    """Install by uv, which is faster, or by pip, which is what everybody has configured."""
    log = LOGS / "pip.log"
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    try:
        run([VENV / "bin" / "uv", "pip", "install", "--python", PYTHON, *arguments], log=log, env=environment)
    except SetupError:
        run([PYTHON, "-m", "pip", "install", *arguments], log=log)


def _install_runtime(odoo):
    pip_install("-r", RUNTIME[0])
    pip_install("--require-hashes", "--no-deps", "-r", BINARIES)
    pip_install("--no-deps", "--force-reinstall", _build_odoo_wheel(odoo))
    pip_install("-r", OCA)
    printer = VENV / "bin" / "wkhtmltopdf"
    packed = VENV / "bin" / "wkhtmltopdf-pack"
    if packed.exists() and not printer.exists():
        printer.symlink_to(packed.name)
    install_system_packages(PRINTER_LIBRARIES, "Printing PDF", required=False)


def _build_odoo_wheel(odoo):
    """Make Odoo's folder a distribution for pip: one .pth file and the metadata that OCA's wheels ask for.

    PyPI has no `odoo`; without this, pip would look for a package of that name there.
    """
    name = f"odoo-{SERIES}"
    members = {
        "odoo_src.pth": f"{odoo}\n",
        f"{name}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: odoo\nVersion: {SERIES}\n",
        f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: crm\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{name}.dist-info/entry_points.txt": "[console_scripts]\nodoo = odoo.cli:main\n",
    }
    record = "".join(f"{path},{_record_hash(text)},{len(text)}\n" for path, text in members.items())
    members[f"{name}.dist-info/RECORD"] = f"{record}{name}.dist-info/RECORD,,\n"
    wheel = STATE / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in members.items():
            archive.writestr(path, text)
    return wheel


def _record_hash(text):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def installed_version(package):
    """The version of a library in the environment, for digests and messages."""
    command = [str(PYTHON), "-c", f"import importlib.metadata as m; print(m.version({package!r}))"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
