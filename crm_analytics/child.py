"""Runs the forecasting package in a process of its own, so that no worker ever loads a numeric library."""

import json
import os
import subprocess
import sys
from pathlib import Path

ADDON = Path(__file__).parent
TIMEOUT = 900  # seconds
MISSING = 3
# Numeric libraries start a thread per core, each with its own address space, unless told otherwise.
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


class LibraryMissingError(Exception):
    """A Python library is not installed; the message is its name."""


def compute(task, request):
    """Hand a request to the child process and return its answer; both are plain data.

    :param task: what to compute, see `forecasting/__main__.py`
    :param request: the data, or a function that returns it while the child loads its libraries
    :raise LibraryMissingError: see there
    :raise RuntimeError: the child failed; the message is the end of its error output
    """
    with _start(task) as process:
        try:
            given = json.dumps(request() if callable(request) else request)
            output, errors = process.communicate(given, timeout=TIMEOUT)
        except BaseException:
            process.kill()
            raise
    if process.returncode == MISSING:
        raise LibraryMissingError(output.strip())
    if process.returncode:
        raise RuntimeError(errors.strip()[-500:])
    return json.loads(output)


def _start(task):
    return subprocess.Popen(
        [sys.executable, "-m", "forecasting", task],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ADDON,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": ""},
        text=True,
    )
