"""What the set-up says to the person in front of it, and how it runs other programs."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

DISK_FULL = "The disk is full: free some space and run the same command again, it goes on where it stopped."
# Python on a full disk leaves compiled files that are cut off, and believes in them afterwards.
CUT_OFF = "marshal data too short"
# What apt, pip, uv and git write when nobody answers.
NETWORK_SIGNS = (
    "Failed to fetch", "NewConnectionError", "dns error", "client error (Connect)", "Could not resolve",
    "Temporary failure in name resolution", "Name or service not known", "Network is unreachable",
)  # fmt: skip
SIGN_OF_LIFE = 3  # seconds between two dots of a long step


class SetupError(Exception):
    """Something that the person can mend; the message is one clear sentence."""


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(title):
    """Show that a long step runs, by a dot every few seconds, and how long it took."""
    say(f"==> {title} ...")
    started = time.monotonic()
    over = threading.Event()
    dots = threading.Thread(target=_show_dots, args=(over,), daemon=True)
    dots.start()
    try:
        yield
    finally:
        over.set()
        dots.join()
    say(f"    done in {time.monotonic() - started:.0f} s")


def _show_dots(over):
    shown = False
    while not over.wait(SIGN_OF_LIFE):
        sys.stdout.write("." if shown else "    .")
        sys.stdout.flush()
        shown = True
    if shown:
        say("")


def run(command, *, log=None, env=None, timeout=None, cwd=None):
    """Run a program to its end and return its output.

    :param log: a file that receives the output as it comes
    :raise SetupError: the program failed; the message quotes its last lines
    """
    command = [str(part) for part in command]
    lines = []
    with _started(command, env, cwd) as process, open(log or os.devnull, "a", encoding="utf-8") as sink:
        watchdog = threading.Timer(timeout or threading.TIMEOUT_MAX, process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            for line in process.stdout:
                lines.append(line)
                sink.write(line)
                sink.flush()
            failed = process.wait()
        finally:
            process.kill()  # nothing that we started outlives us; a finished process does not mind
            late = timeout and not watchdog.is_alive()
            watchdog.cancel()
    if failed:
        name = Path(command[0]).name
        raise SetupError(f"{name} did not finish within {timeout} s." if late else explain(name, "".join(lines), log))
    return "".join(lines)


def bound(command):
    """The command, ended by the system when we are killed: an orphan would go on writing what a rerun makes anew."""
    if not shutil.which(command[0]):
        raise SetupError(f"{command[0]} cannot be started: there is no such program.")
    return ["setpriv", "--pdeathsig", "KILL", "--", *command] if shutil.which("setpriv") else command


def _started(command, env, cwd):
    try:
        return subprocess.Popen(
            bound(command),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise SetupError(f"{command[0]} cannot be started: {error.strerror}.") from error


def explain(program, output, log=None):
    """One sentence on why a program failed; the end of its output where nothing better is known."""
    lines = output.strip().splitlines()
    recent = "\n".join(lines[-40:])
    if os.strerror(errno.ENOSPC) in recent:
        return DISK_FULL
    if any(sign in recent for sign in NETWORK_SIGNS):
        return f"The network cannot be reached ({program}): connect it and run the same command again."
    where = f"\nThe whole output is in {log}." if log else ""
    return f"{program} failed:\n{chr(10).join(lines[-12:])}{where}"
