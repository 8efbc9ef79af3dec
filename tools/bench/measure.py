"""CPU of the Odoo process and of its PostgreSQL process, wall time, queries and peak memory of one run."""

import contextlib
import os
import statistics
import time
from dataclasses import dataclass, fields
from pathlib import Path

from odoo import SUPERUSER_ID, api

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Sample:
    """Figures of one unit of one run; `postgres` is missing when the server runs on another machine.

    `memory` is the most that the Odoo process held during the whole run, in MB; it cannot be known everywhere.
    """

    wall: float
    odoo: float
    postgres: float | None
    queries: float
    memory: float | None

    @property
    def cpu(self):
        return self.odoo + (self.postgres or 0.0)


def measure(registry, side):
    """One sample in a transaction of its own, which is rolled back.

    Odoo's registry-wide caches stay, as in a running server; those of the transaction are new for each loop.
    """
    wall = odoo = postgres = queries = 0
    result = memory = None
    for _loop in range(side.loops):
        with registry.cursor() as cr:
            cr.execute("SET max_parallel_workers_per_gather = 0")
            cr.execute("SELECT pg_backend_pid()")
            backend = cr.fetchone()[0]
            prepared = side.prepare(api.Environment(cr, SUPERUSER_ID, {}))
            cr.flush()
            cr.transaction.invalidate_field_data()
            _forget_peak()
            before = (time.perf_counter(), time.process_time(), _ticks(backend), cr.sql_log_count)
            result = side.run(prepared)
            after = (time.perf_counter(), time.process_time(), _ticks(backend), cr.sql_log_count)
            memory = max(memory or 0, _peak() or 0) or None
            cr.rollback()
        wall, odoo, queries = wall + after[0] - before[0], odoo + after[1] - before[1], queries + after[3] - before[3]
        postgres = None if after[2] is None else postgres + after[2] - before[2]
    count = side.loops * side.units
    seconds = None if postgres is None else postgres / TICKS / count
    return Sample(wall / count, odoo / count, seconds, queries / count, memory), result


def _ticks(backend):
    """User and system time of a process of this machine, in clock ticks."""
    try:
        stat = Path(f"/proc/{backend}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    user, system = stat.rpartition(")")[2].split()[11:13]
    return int(user) + int(system)


def _forget_peak():
    """Let the kernel count the peak of this process anew."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


def _peak():
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), None)


def summarize(samples):
    """Medians of wall time and queries; means of CPU, whose clock is too coarse for medians."""
    middle = {"wall": statistics.median, "queries": statistics.median, "odoo": statistics.fmean}
    figures = {field.name: [getattr(sample, field.name) for sample in samples] for field in fields(Sample)}
    summary = {name: middle[name](figures[name]) for name in middle}
    known = {name: [value for value in figures[name] if value is not None] for name in ("postgres", "memory")}
    summary["postgres"] = statistics.fmean(known["postgres"]) if known["postgres"] else None
    summary["memory"] = max(known["memory"], default=None)
    summary["cpu"] = summary["odoo"] + (summary["postgres"] or 0.0)
    summary["wall_range"] = [min(figures["wall"]), max(figures["wall"])]
    return summary
