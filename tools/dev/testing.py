"""Tests, linters, benchmark and gallery: each on a copy of the template, in the project's environment."""

import re
import shlex
import shutil
import subprocess

from .console import SetupError, say, step
from .databases import CONFIG, Databases
from .debian import install_system_packages
from .demo import ensure_demo_template, fill_copy, generator_digest
from .paths import ADDONS, LOGS, PYTHON, ROOT

DATABASE = "crm_test"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def run_tests(databases: Databases, template, arguments):
    """Run pytest over the addons and the top-level tests; skipped browser tests count as failures."""
    _ensure_browser()
    databases.copy(template, DATABASE)
    paths = [*ADDONS, "tests"]
    extra = shlex.split(arguments)
    if any(not part.startswith("-") and (ROOT / part.split("::")[0]).exists() for part in extra):
        paths = []
    command = [
        PYTHON, "-m", "pytest", "-p", "no:cacheprovider", "-rs", "-q",
        f"--odoo-database={DATABASE}", "--odoo-http", f"--odoo-config={CONFIG}", *paths, *extra,
    ]  # fmt: skip
    log = LOGS / "test.log"
    environment = {
        **databases.environment,
        "CRM_TEST_TEMPLATE": template,
        "CRM_BASE_TEMPLATE": databases.base,
        "CRM_DEMO_TEMPLATE": ensure_demo_template(databases, template),
    }
    with open(log, "w", encoding="utf-8") as sink:
        process = subprocess.Popen(
            [str(part) for part in command], env=environment, cwd=ROOT, text=True, errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        for line in process.stdout:
            say(line.rstrip("\n"))
            sink.write(line)
    code = process.wait()
    databases.drop(DATABASE)
    return code or _fail_on_skips(log.read_text(encoding="utf-8"))


def _fail_on_skips(output):
    """A browser test is skipped when Chromium does not start: that must never look like success."""
    skipped = re.findall(r"^SKIPPED .*$", output, re.MULTILINE)
    if skipped:
        say("\nFailed: a skipped test proves nothing.\n" + "\n".join(skipped))
    return 1 if skipped else 0


def _ensure_browser():
    if not any(shutil.which(name) for name in BROWSERS):
        with step("Installing Chromium for the browser tests"):
            install_system_packages(["chromium"], "The browser tests")
    if not any(shutil.which(name) for name in BROWSERS):
        raise SetupError("The browser tests need Chromium in the PATH.")


def run_lint(addons, arguments):
    """Ruff over everything, pylint-odoo over the addons."""
    ruff, pylint = PYTHON.parent / "ruff", PYTHON.parent / "pylint"
    codes = [
        subprocess.call([str(ruff), "check", *shlex.split(arguments), "."], cwd=ROOT),
        subprocess.call([str(ruff), "format", "--check", "."], cwd=ROOT),
        subprocess.call([str(pylint), "--rcfile", str(ROOT / "pyproject.toml"), *addons], cwd=ROOT),
    ]
    return max(codes)


def run_benchmark(databases: Databases, template, arguments):
    """Compare registered operations with stock Odoo on a generated company; the data is kept between runs."""
    options = shlex.split(arguments)
    size = next((part.split("=")[1] for part in options if part.startswith("--size=")), "M")
    database = f"crm_bench_{size.lower()}"
    mark = f"{template}_{generator_digest()}"
    if database not in databases.server.databases() or databases.mark_of(database) != mark:
        fill_copy(databases, template, database, size)
        databases.set_mark(database, mark)
    command = [PYTHON, "-m", "tools.bench", "--database", database, *options]
    return subprocess.call([str(part) for part in command], env=databases.environment, cwd=ROOT)


def run_screens(databases: Databases, template, arguments):
    """Take the pictures of `views/screens/` anew."""
    return run_tests(databases, template, f"tests/test_screens.py --retake-screens {arguments}")
