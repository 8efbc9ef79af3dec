"""Runs the forecasting package in a process of its own, so that no worker ever loads a numeric library."""

import json
import os
import subprocess
import sys
from pathlib import Path

ADDON = Path(__file__).parents[2]
TIMEOUT = 900  # seconds
MISSING = 3
# Numeric libraries start a thread per core, each with its own address space, unless told otherwise.
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


class LibraryMissingError(Exception):
    """A Python library is not installed; the message is its name."""


def compute(task, request):
    """Hand a request to the child process and return its answer; both are plain data.

    :param task: what to compute, see `forecasting/__main__.py`
    :raise LibraryMissingError: see there
    :raise RuntimeError: the child failed; the message is the end of its error output
    """
    process = subprocess.run(
        [sys.executable, "-m", "forecasting"],
        input=json.dumps({"task": task, **request}),
        capture_output=True,
        cwd=ADDON,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": ""},
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if process.returncode == MISSING:
        raise LibraryMissingError(process.stdout.strip())
    if process.returncode:
        raise RuntimeError(process.stderr.strip()[-500:])
    return json.loads(process.stdout)
