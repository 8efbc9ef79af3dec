"""Runs the forecasting package in a process of its own, so that no worker ever loads a numeric library."""

import json
import os
import subprocess
import sys
from pathlib import Path

ADDON = Path(__file__).parents[2]
TIMEOUT = 120  # seconds
NO_NUMPY = 3
# Numeric libraries start a thread per core, each with its own address space, unless told otherwise.
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


class NumpyMissingError(Exception):
    """The Python library numpy is not installed."""


def compute(request):
    """Hand a request to the child process and return its answer; both are plain data.

    :raise NumpyMissingError: see there
    :raise RuntimeError: the child failed; the message is the end of its error output
    """
    process = subprocess.run(
        [sys.executable, "-m", "forecasting"],
        input=json.dumps(request),
        capture_output=True,
        cwd=ADDON,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": ""},
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if process.returncode == NO_NUMPY:
        raise NumpyMissingError
    if process.returncode:
        raise RuntimeError(process.stderr.strip()[-500:])
    return json.loads(process.stdout)
