"""Tests, linters, benchmark and gallery: each on a copy of the template, in the project's environment."""

import re
import shlex
import shutil
import subprocess
import threading

from .console import SetupError, say, step
from .databases import CONFIG, Databases
from .debian import install_system_packages
from .demo import ensure_demo_template, fill_copy, generator_digest
from .paths import ADDONS, LOGS, PYTHON, ROOT
from .peers import ADDONS_PATH, ensure_peers

DATABASE = "crm_test"
OUTSIDE = "tests/outside"
NOTHING_CHOSEN = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def run_tests(databases: Databases, template, arguments):
    """Run pytest in two lanes, one per core: inside Odoo, and from outside; skipped tests count as failures."""
    databases.copy(template, DATABASE)
    environment = {
        **databases.environment,
        "CRM_TEST_TEMPLATE": template,
        "CRM_BASE_TEMPLATE": databases.base,
        "CRM_DEMO_TEMPLATE": ensure_demo_template(databases, template),
    }
    lanes = [Lane(name, options, environment) for name, options in _choose_lanes(shlex.split(arguments))]
    codes = [lane.finish() for lane in lanes]
    databases.drop(DATABASE)
    # Exit code 5 says that nothing was chosen: fine for one lane of a narrowed run, not for all.
    real = [code for code in codes if code != NOTHING_CHOSEN]
    return max(real) if real else NOTHING_CHOSEN


def _choose_lanes(extra):
    """What each lane runs; paths in the arguments narrow the run to them."""
    inside = [f"--odoo-database={DATABASE}", "--odoo-http", f"--odoo-config={CONFIG}"]
    paths = [part for part in extra if not part.startswith("-") and (ROOT / part.split("::")[0]).exists()]
    options = [part for part in extra if part not in paths]
    outer = [path for path in paths if path.startswith(OUTSIDE)]
    inner = [path for path in paths if path not in outer]
    if not paths:
        inner, outer = [*ADDONS, "tests", f"--ignore={OUTSIDE}"], [OUTSIDE]
    lanes = []
    if inner:
        lanes.append(("inside", [*inside, *inner, *options]))
    if outer:
        lanes.append(("outside", ["-p", "no:odoo", *outer, *options]))
    return lanes


class Lane:
    """One pytest process; its output appears line by line with the lane's name in front."""

    def __init__(self, name, options, environment):
        self.name, self.lines = name, []
        command = [str(PYTHON), "-m", "pytest", "-p", "no:cacheprovider", "-rs", "-q", *options]
        self.process = subprocess.Popen(
            command, env=environment, cwd=ROOT, text=True, errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        with open(LOGS / f"test-{self.name}.log", "w", encoding="utf-8") as sink:
            for line in self.process.stdout:
                self.lines.append(line)
                sink.write(line)
                say(f"{self.name:8}| {line.rstrip()}" if line.strip() else "")

    def finish(self):
        """The exit code; a skipped test makes it a failure."""
        self.reader.join()
        code = self.process.wait()
        return code or _fail_on_skips("".join(self.lines))


def _fail_on_skips(output):
    """A browser test is skipped when Chromium does not start: that must never look like success."""
    skipped = re.findall(r"^SKIPPED .*$", output, re.MULTILINE)
    if skipped:
        say("\nFailed: a skipped test proves nothing.\n" + "\n".join(skipped))
    return 1 if skipped else 0


def ensure_browser():
    """Chromium, before anything long starts."""
    if not any(shutil.which(name) for name in BROWSERS):
        with step("Installing Chromium for the browser tests"):
            install_system_packages(["chromium"], "The browser tests")
    if not any(shutil.which(name) for name in BROWSERS):
        raise SetupError("The browser tests need Chromium in the PATH.")


def ensure_node():
    """Node and its packages, for the client of the gateway that is written in it."""
    if not (shutil.which("node") and shutil.which("npm")):
        with step("Installing Node for the tests from outside"):
            install_system_packages(["nodejs", "npm"], "The tests from outside")


# Each area of an addon extends the partner in a file of its own.
UNWANTED = "consider-merging-classes-inherited"


def run_lint(addons, arguments):
    """Ruff over everything, pylint-odoo over the addons."""
    ruff, pylint = PYTHON.parent / "ruff", PYTHON.parent / "pylint"
    codes = [
        subprocess.call([str(ruff), "check", *shlex.split(arguments), "."], cwd=ROOT),
        subprocess.call([str(ruff), "format", "--check", "."], cwd=ROOT),
        subprocess.call(
            [str(pylint), "--rcfile", str(ROOT / "pyproject.toml"), f"--disable={UNWANTED}", *addons], cwd=ROOT
        ),
    ]
    return max(codes)


def run_benchmark(databases: Databases, template, arguments):
    """Compare registered operations with stock Odoo on a generated company, once with our addons and once without
    them; the data is kept between runs."""
    options = shlex.split(arguments)
    size = next((part.split("=")[1] for part in options if part.startswith("--size=")), "M")
    ours = f"crm_bench_{size.lower()}"
    for database, source in ((ours, template), (f"{ours}_stock", databases.base)):
        mark = f"{source}_{generator_digest()}"
        if database not in databases.server.databases() or databases.mark_of(database) != mark:
            fill_copy(databases, source, database, size)
            databases.set_mark(database, mark)
    peers = ensure_peers(databases, f"{ours}_stock", arguments)
    command = [PYTHON, "-m", "tools.bench", "--database", ours, "--stock-database", f"{ours}_stock", *options]
    for name, database in peers.items():
        command += ["--peer", f"{name}={database}", "--addons-path", ADDONS_PATH]
    return subprocess.call([str(part) for part in command], env=databases.environment, cwd=ROOT)


def run_screens(databases: Databases, template, arguments):
    """Take the pictures of `views/screens/` anew."""
    return run_tests(databases, template, f"tests/outside/test_screens.py --retake-screens {arguments}")
