"""Run the operations and print how they compare."""

import argparse
import importlib
import json
import pkgutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import odoo
from odoo.modules.registry import Registry

from tools.dev.paths import STATE

from . import operations
from .measure import measure, summarize
from .operation import REGISTERED

RESULTS = STATE / "bench"
HEADER = ("operation", "side", "CPU ms", "odoo", "pg", "wall ms", "queries", "runs")


def main(arguments=None):
    for module in pkgutil.iter_modules(operations.__path__):
        importlib.import_module(f"{operations.__name__}.{module.name}")
    options = _parse(arguments)
    odoo.tools.config.parse_config(["--database", options.database, "--no-http", "--log-level", "error"])
    registry = Registry(options.database)
    results, skipped = {}, []
    for name in options.only or sorted(REGISTERED):
        found = REGISTERED[name]()
        missing = [model for model in found.needs if model not in registry]
        if missing:
            print(f"{name}: skipped, {options.database} has no {', '.join(missing)}")
            skipped.append(name)
            continue
        results[name] = run(registry, found, options.repeat)
        print_result(name, results[name])
    write(options, results)
    return 1 if skipped else 0


def run(registry, found, repeat):
    """Both sides in turns, so that whatever else the machine does hits both; the first round only warms up."""
    repeat = min(repeat, found.most_repeats)
    samples = {"ours": [], "stock": []}
    for number in range(repeat + 1):
        round_results = {}
        for side in ("ours", "stock") if number % 2 else ("stock", "ours"):
            sample, round_results[side] = measure(registry, getattr(found, side))
            if number:
                samples[side].append(sample)
        if found.compare:
            found.compare(round_results["ours"], round_results["stock"])
    result = {side: summarize(taken) for side, taken in samples.items()}
    result |= {"unit": found.unit, "runs": repeat}
    result["ratio"] = result["stock"]["cpu"] / max(result["ours"]["cpu"], 1e-9)
    return result


def print_result(name, result):
    print(f"\n{name}: {result['unit']}; stock costs {result['ratio']:.1f} times the CPU")
    rows = [HEADER]
    for side in ("ours", "stock"):
        figures = result[side]
        postgres = "?" if figures["postgres"] is None else f"{figures['postgres'] * 1000:.2f}"
        rows.append(
            (
                name, side, f"{figures['cpu'] * 1000:.2f}", f"{figures['odoo'] * 1000:.2f}", postgres,
                f"{figures['wall'] * 1000:.2f}", f"{figures['queries']:.2f}", str(result["runs"]),
            )
        )  # fmt: skip
    for row in rows:
        print("  " + "".join(cell.ljust(20) if place < 2 else cell.rjust(10) for place, cell in enumerate(row)))


def write(options, results):
    now = datetime.now(UTC)
    path = options.json or RESULTS / f"{now:%Y-%m-%d}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"date": now.isoformat(timespec="seconds"), "database": options.database, "operations": results}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten to {path}")


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="tools.bench", description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--size", help="of the company in the database; `make bench` makes one of that size")
    parser.add_argument("--only", type=lambda text: text.split(","), help="names of operations, parted by commas")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where the figures go")
    options = parser.parse_args(arguments)
    unknown = set(options.only or ()) - set(REGISTERED)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(sorted(REGISTERED))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
