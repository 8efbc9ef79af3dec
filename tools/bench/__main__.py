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
from .growth import grown
from .measure import measure, summarize
from .operation import REGISTERED

RESULTS = STATE / "bench"
HEADER = ("operation", "side", "CPU ms", "odoo", "pg", "wall ms", "queries", "peak MB", "runs")


def main(arguments=None):
    for module in pkgutil.iter_modules(operations.__path__):
        importlib.import_module(f"{operations.__name__}.{module.name}")
    options = _parse(arguments)
    odoo.tools.config.parse_config(
        ["--database", options.database, "--no-http", "--log-level", "error"]
        + (["--addons-path", options.addons_path] if options.addons_path else [])
    )
    if options.lines:
        with grown(options.database, options.lines) as database:
            return run_all(options, database)
    return run_all(options, options.database)


def run_all(options, database):
    registries = {False: Registry(database)}
    if options.stock_database:
        registries[True] = Registry(options.stock_database)
    registries |= {name: Registry(database) for name, _equals, database in options.peer}
    results, skipped, missed = {}, [], []
    for name in options.only or sorted(REGISTERED):
        found = REGISTERED[name]()
        missing = [model for model in found.needs if model not in registries[False]]
        missing += [f"{name} database" for name, side in found.sides.items() if side.elsewhere not in registries]
        if missing:
            print(f"{name}: skipped, {options.database} has no {', '.join(missing)}")
            skipped.append(name)
            continue
        results[name] = run(registries, found, options.repeat)
        print_result(name, results[name])
        missed += [name] if results[name]["bar"] and not results[name]["kept"] else []
    write(options, results)
    return 1 if skipped or missed else 0


def run(registries, found, repeat):
    """The sides in turns, so that whatever else the machine does hits both; the first round only warms up."""
    repeat = min(repeat, found.most_repeats)
    samples, figures = {side: [] for side in found.sides}, []
    for number in range(0 if found.warm_up else 1, repeat + 1):
        round_results = {}
        for name in reversed(samples) if number % 2 else samples:
            side = found.sides[name]
            sample, round_results[name] = measure(registries[side.elsewhere], side)
            if number:
                samples[name].append(sample)
        if found.quality:
            figures = found.quality(*(round_results[name] for name in samples))
        if found.compare:
            found.compare(*(round_results[name] for name in samples))
    result = {side: summarize(taken) for side, taken in samples.items()}
    result |= {"unit": found.unit, "runs": repeat, "ratio": None}
    if found.stock:
        result["ratio"] = result[found.against]["cpu"] / max(result["ours"]["cpu"], 1e-9)
        result["against"] = found.against
    return with_figures(result | judge(found, result), figures)


def with_figures(result, figures):
    """Quality counts as much as cost: each figure has a bar of its own."""
    if not figures:
        return result
    bars = [result["bar"], *(figure.bar for figure in figures)]
    kept = all(figure.kept for figure in figures) and result["kept"] is not False
    told = {"figures": [vars(figure) for figure in figures], "texts": [str(figure) for figure in figures]}
    return result | {"bar": ", ".join(filter(None, bars)), "kept": kept} | told


def judge(found, result):
    """The bars that were set for an operation in words, and whether all were kept."""
    verdicts = [*_judge_cost(found, result["ours"]), *_judge_times(found, result)]
    if not verdicts:
        return {"bar": None, "kept": None}
    return {"bar": "; ".join(bar for bar, _kept in verdicts), "kept": all(kept for _bar, kept in verdicts)}


def _judge_cost(found, ours):
    if found.most_cpu:
        yield f"at most {found.most_cpu * 1000:g} ms CPU", ours["cpu"] <= found.most_cpu
    if found.most_queries:
        yield f"at most {found.most_queries:g} queries", ours["queries"] <= found.most_queries


def _judge_times(found, result):
    named = {"stock": "stock Odoo"}.get(found.against, found.against)
    if found.most_times:
        times = 1 / result["ratio"]
        yield f"at most {found.most_times:g} times the CPU of {named}, these are {times:.3f}", times <= found.most_times
    peer = found.stock and result[found.against]["postgres"]
    if found.most_postgres_times and peer:
        times = (result["ours"]["postgres"] or 0) / peer
        bar = f"at most {found.most_postgres_times:g} times the database's CPU of {named}, these are {times:.3f}"
        yield bar, times <= found.most_postgres_times


def print_result(name, result):
    against = result.get("against")
    compared = f"; {against} costs {result['ratio']:.2f} times the CPU" if result["ratio"] else ""
    print(f"\n{name}: {result['unit']}{compared}")
    if result["bar"]:
        print(f"  {result['bar']}: {'kept' if result['kept'] else 'MISSED'}")
    for text in result.get("texts", ()):
        print(f"    {text}")
    rows = [HEADER]
    for side in [side for side in ("ours", against) if side in result]:
        figures = result[side]
        postgres = "?" if figures["postgres"] is None else f"{figures['postgres'] * 1000:.2f}"
        memory = "?" if figures["memory"] is None else f"{figures['memory']:.0f}"
        rows.append(
            (
                name, side, f"{figures['cpu'] * 1000:.2f}", f"{figures['odoo'] * 1000:.2f}", postgres,
                f"{figures['wall'] * 1000:.2f}", f"{figures['queries']:.2f}", memory, str(result["runs"]),
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
    parser.add_argument("--stock-database", help="the same company without our addons")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        type=lambda text: text.partition("="),
        metavar="NAME=DATABASE",
        help="the same company with the addons of somebody else",
    )
    parser.add_argument("--addons-path", help="where Odoo finds our addons and theirs")
    parser.add_argument("--size", help="of the company in the database; `make bench` makes one of that size")
    parser.add_argument("--only", type=lambda text: text.split(","), help="names of operations, parted by commas")
    parser.add_argument("--lines", type=int, help="run in a copy with so many invoice lines, which goes at the end")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where the figures go")
    options = parser.parse_args(arguments)
    unknown = set(options.only or ()) - set(REGISTERED)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(sorted(REGISTERED))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
