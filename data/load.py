"""Bring CSV files into the CRM through its gateway, from another process or machine.

    python data/load.py --url http://127.0.0.1:8069 --database crm_demo --login admin --password admin data/samples

Rows that are wrong are listed with what is wrong and never stop the others. Exit code: 0 all rows are in, 2 some were
refused. With `--protocol json2` the password is an API key.
"""

import argparse
import csv
import itertools
import json
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import odoolib

# Later files refer to rows of earlier ones.
METHODS = {
    "customers": "upsert_customers",
    "products": "upsert_products",
    "deals": "upsert_deals",
    "interactions": "log_interactions",
}
ROWS_PER_CALL = 1000
# On a terminal the line of progress is written over.
START = "\r" if sys.stdout.isatty() else ""


def main(arguments=None):
    options = _parse(arguments)
    files = _files(options.paths)
    gateway = connect(options).get_model("crm.gateway")
    summary, known = {}, set()
    for kind, path in files:
        summary[path.name] = load(gateway, kind, path, options, known)
    if options.json:
        print(json.dumps(summary, ensure_ascii=False, indent=1))
    else:
        _print_errors(summary)
    return 2 if any(entry["refused"] for entry in summary.values()) else 0


def load(gateway, kind, path, options, known):
    """Send one file; returns how many rows of each state came back, and the rows that were refused."""
    states, refused, sent = Counter(), [], 0
    with open(path, encoding="utf-8-sig", newline="") as source:
        for answers in send(gateway, kind, _rows(source), options, known):
            states.update(answer["state"] for answer in answers)
            refused += [answer for answer in answers if answer["state"] == "error"]
            sent += len(answers)
            if sys.stdout.isatty():
                _say(options, f"{START}{path.name}: {sent} rows")
    _say(options, f"{START}{path.name}: {sent} rows: {_count(states)}\n")
    return {"rows": sent, "states": dict(states), "refused": refused}


def send(gateway, kind, rows, options, known):
    """Send rows call by call; yields the answers of each call.

    :param known: external ids of rows that went through, for dry runs; those of these rows are added
    """
    call, waiting = getattr(gateway, METHODS[kind]), iter(rows)
    while batch := list(itertools.islice(waiting, ROWS_PER_CALL)):
        answers = call(source=options.source, rows=batch, dry_run=options.dry_run)
        if options.dry_run:
            _accept_references(answers, known)
        known.update(answer["external_id"] for answer in answers if answer["state"] != "error")
        yield answers


def _accept_references(answers, known):
    """A dry run keeps nothing, so the rows of later files do not find those of earlier ones: that is no error."""
    for answer in answers:
        errors = [
            error
            for error in answer["errors"]
            if not (error["field"].endswith("_external_id") and error["value"] in known)
        ]
        if answer["errors"] and not errors:
            answer["state"] = "created"
        answer["errors"] = errors


def _rows(source):
    """The rows without their empty cells: an empty cell says nothing."""
    for row in csv.DictReader(source):
        yield {name: value for name, value in row.items() if value}


def _files(paths):
    """The files by kind, in the order in which they build on one another."""
    found = [file for path in paths for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])]
    unknown = [str(file) for file in found if file.stem not in METHODS]
    if unknown or not found:
        sys.exit(
            f"Expected files named {', '.join(f'{kind}.csv' for kind in METHODS)}; got {', '.join(unknown) or 'none'}."
        )
    return sorted(((file.stem, file) for file in found), key=lambda entry: list(METHODS).index(entry[0]))


def connect(options):
    url = urlsplit(options.url)
    secure = "s" if url.scheme == "https" else ""
    connection = odoolib.get_connection(
        hostname=url.hostname,
        port=url.port or (443 if secure else 80),
        protocol=options.protocol + secure,
        database=options.database,
        login=options.login,
        password=options.password,
    )
    if options.protocol == "xmlrpc":
        connection.check_login(force=True)
    return connection


def _print_errors(summary):
    lines = [
        (name, answer["external_id"] or "", error["field"], error["value"], error["reason"], error["hint"])
        for name, entry in summary.items()
        for answer in entry["refused"]
        for error in answer["errors"]
    ]
    if not lines:
        return
    table = [("file", "row", "field", "value", "reason", "hint"), *lines]
    widths = [min(40, max(len(str(cell)) for cell in column)) for column in zip(*table, strict=True)]
    print()
    for line in table:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _count(states):
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "nothing"


def _say(options, text):
    if not options.json:
        print(text, end="", flush=True)


def _parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path, help="CSV files, or folders of them")
    add_connection_arguments(parser)
    options = parser.parse_args(arguments)
    options.source = options.source or "sample"
    return options


def add_connection_arguments(parser):
    """Where the CRM is, and what everybody who brings rows in may choose."""
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--database", required=True)
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", required=True)
    parser.add_argument("--protocol", choices=("xmlrpc", "json2"), default="xmlrpc")
    parser.add_argument("--source", help="the name of the system where the rows come from")
    parser.add_argument("--dry-run", action="store_true", help="check the rows, keep nothing")
    parser.add_argument("--json", action="store_true", help="print the outcome for programs")


if __name__ == "__main__":
    sys.exit(main())
