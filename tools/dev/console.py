"""What the set-up says to the person in front of it, and how it runs other programs."""

import contextlib
import errno
import os
import subprocess
import sys
import time
from pathlib import Path


class SetupError(Exception):
    """Something that the person can mend; the message is one clear sentence."""


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(title):
    """Show that a long step runs, and how long it took."""
    say(f"==> {title} ...")
    started = time.monotonic()
    yield
    say(f"    done in {time.monotonic() - started:.0f} s")


def run(command, *, log=None, env=None, timeout=None, cwd=None):
    """Run a program to its end and return its output.

    :param log: a file that receives the output as it comes; a dot per 20 lines shows progress meanwhile
    :raise SetupError: the program failed; the message quotes its last lines
    """
    command = [str(part) for part in command]
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, cwd=cwd, text=True, errors="replace"
        )
    except OSError as error:
        raise SetupError(f"{command[0]} cannot be started: {error.strerror}.") from error
    lines = []
    with open(log or os.devnull, "a", encoding="utf-8") as sink:
        deadline = time.monotonic() + timeout if timeout else None
        for number, line in enumerate(process.stdout, 1):
            lines.append(line)
            sink.write(line)
            if log and number % 20 == 0:
                sys.stdout.write(".")
                sys.stdout.flush()
            if deadline and time.monotonic() > deadline:
                process.kill()
                raise SetupError(f"{command[0]} did not finish within {timeout} s.")
    if log and len(lines) >= 20:
        sys.stdout.write("\n")
    if process.wait():
        raise SetupError(_explain(command, lines, log))
    return "".join(lines)


def _explain(command, lines, log):
    text = "".join(lines[-12:]).strip()
    if os.strerror(errno.ENOSPC) in text:
        return "The disk is full: free some space and run the same command again, it goes on where it stopped."
    if any(sign in text for sign in ("Failed to fetch", "NewConnectionError", "dns error", "Could not resolve")):
        return f"The network cannot be reached ({Path(command[0]).name}): connect it and run the same command again."
    where = f"\nThe whole output is in {log}." if log else ""
    return f"{Path(command[0]).name} failed:\n{text}{where}"
