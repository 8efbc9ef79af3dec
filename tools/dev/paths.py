"""Where things are: everything that the set-up makes lies in one ignored folder of the project."""

import hashlib
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("CRM_STATE_DIR", ROOT / ".dev")).resolve()
VENV = STATE / "venv"
PYTHON = VENV / "bin" / "python"
ODOO = STATE / "odoo"
LOGS = STATE / "log"
FILESTORE = STATE / "data"

ADDONS = ("crm_frontoffice", "crm_service_desk", "crm_analytics")

ALMOST_NOTHING = 30 * 2**20  # bytes; with less, every program here fails, each in its own words


def disk_is_full():
    return shutil.disk_usage(STATE).free < ALMOST_NOTHING


def digest(*parts):
    """A short name for the content of texts and files; folders count with all but tests and readme."""
    sha = hashlib.sha256()
    for part in parts:
        for path in _files(part) if isinstance(part, Path) else ():
            sha.update(str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name).encode())
            sha.update(path.read_bytes())
        if not isinstance(part, Path):
            sha.update(str(part).encode())
    return sha.hexdigest()[:12]


def _files(path):
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and "__pycache__" not in file.parts
        and file.relative_to(path).parts[0] not in ("tests", "readme", "build")
    )
