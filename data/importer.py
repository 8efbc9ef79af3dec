"""Bring the exports of another CRM in through the gateway, from another process or machine.

    python data/importer.py pipedrive --database crm_demo --password admin --dry-run contacts.csv deals.csv

Knows the CSV files of HubSpot, Bitrix24, amoCRM and Pipedrive. First try with `--dry-run`: nothing is kept, and the
report says for each file what would come in and which cell of which line is wrong. A repeated import changes nothing.
Exit code: 0 all rows are in, 2 some were refused.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from babel import Locale
from layouts import LAYOUTS
from layouts.layout import fold
from layouts.readers import read_file
from layouts.translate import FACTS, Server, Translator
from load import add_connection_arguments, connect, send

ORDER = ("contacts", "deals")  # deals refer to contacts
LANGUAGES = ("de", "es", "fr", "ru", "en")  # of the names of countries; the last one wins
BAR = 30  # characters
COLUMNS = ("file", "line", "column", "value", "reason", "hint")
WIDEST = 48


def main(arguments=None):
    options = _parse(arguments)
    layout = LAYOUTS[options.layout]
    files = _open(layout, options.files)
    connection = connect(options)
    translator = Translator(layout, ask_server(connection, options), dict(options.column))
    gateway, known, report = connection.get_model("crm.gateway"), set(), {}
    for kind, path, rows in files:
        report[path.name] = bring_in(gateway, translator.translate(kind, rows), path, options, known)
        report[path.name]["rows"] = len(rows)
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        print_report(report, options)
    return 2 if any(entry["errors"] for entry in report.values()) else 0


def bring_in(gateway, translation, path, options, known):
    """Send what a file became; returns its part of the report."""
    counts, errors = {}, []
    total, done = len(translation.customers) + len(translation.deals), 0
    for kind, rows in (("customers", translation.customers), ("deals", translation.deals)):
        states = Counter()
        for answers in send(gateway, kind, rows, options, known):
            states.update(answer["state"] for answer in answers)
            errors += [error for answer in answers for error in _explain(answer, translation)]
            done += len(answers)
            _show_progress(path, done, total, options)
        if states:
            counts[kind] = dict(states)
    return {"counts": counts, "errors": errors, "notes": dict(translation.notes)}


def _explain(answer, translation):
    """The errors of a row in the words of the file: line and column."""
    columns = translation.columns.get(answer["external_id"], {})
    for error in answer["errors"]:
        yield {
            "line": translation.lines.get(answer["external_id"]),
            "column": columns.get(FACTS.get(error["field"], error["field"]), error["field"]),
            **{name: error[name] for name in ("value", "reason", "hint")},
        }


def ask_server(connection, options):
    """Stages and people of the CRM, and what the user said about those of the other one."""
    user = connection.get_model("res.users").search_read([["login", "=", options.login]], ["company_id"])[0]
    company = connection.get_model("res.company").read([user["company_id"][0]], ["currency_id"])[0]
    stages = connection.get_model("crm.stage").search_read([], ["name", "is_won"])
    owners = {}
    for person in connection.get_model("res.users").search_read([["share", "=", False]], ["name", "login", "email"]):
        for name in filter(None, (person["name"], person["email"], person["login"])):
            owners[fold(name)] = person["login"]
    return Server(
        stages={fold(stage["name"]): stage["name"] for stage in stages}
        | {fold(old): new for old, new in options.stage},
        won_stage=next((stage["name"] for stage in stages if stage["is_won"]), ""),
        owners=owners | {fold(old): new for old, new in options.owner},
        countries=name_countries(),
        currency=company["currency_id"][1],
    )


def name_countries():
    """The codes of countries by their names in the languages of the exports, and by themselves."""
    return {
        fold(name): code
        for language in LANGUAGES
        for code, country in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha()
        for name in (country, code)
    }


# ---- files and report


def _open(layout, paths):
    """The files of the export by kind, contacts before deals."""
    found = []
    for path in paths:
        headers, rows = read_file(path.read_bytes())
        kind = layout.get_kind(headers)
        if not kind:
            sys.exit(
                f"{path}: this is no list of contacts or deals of {layout.name}: {', '.join(headers[:8]) or 'empty'}."
                f" If its headers were renamed, say what they are: --column 'Header=title'."
            )
        found.append((kind, path, rows))
    return sorted(found, key=lambda entry: ORDER.index(entry[0]))


def _show_progress(path, done, total, options):
    if options.json or not sys.stderr.isatty():
        return
    filled = BAR * done // max(total, 1)
    end = "\n" if done >= total else ""
    print(
        f"\r{path.name} [{'#' * filled}{'.' * (BAR - filled)}] {done}/{total}{end}", end="", file=sys.stderr, flush=True
    )


def print_report(report, options):
    words = {"created": "would come in", "updated": "would change"} if options.dry_run else {}
    for name, entry in report.items():
        print(f"{name}: {entry['rows']} rows")
        for kind, states in entry["counts"].items():
            told = ", ".join(f"{count} {words.get(state, state)}" for state, count in sorted(states.items()))
            print(f"  {kind}: {told}")
        for note, count in entry["notes"].items():
            print(f"  note ({count}): {note}")
    lines = [
        (name, *(str(error[column] or "") for column in COLUMNS[1:]))
        for name, entry in report.items()
        for error in entry["errors"]
    ]
    if lines:
        table = [COLUMNS, *lines]
        widths = [min(WIDEST, max(map(len, column))) for column in zip(*table, strict=True)]
        print()
        for line in table:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if options.dry_run:
        print("\nThis was a rehearsal: nothing was kept.")


def _parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("layout", choices=sorted(LAYOUTS), help="where the files come from")
    parser.add_argument("files", nargs="+", type=Path, help="exported contacts and deals, CSV")
    pairs = {"type": _pair, "action": "append", "default": []}
    parser.add_argument("--stage", **pairs, help="a stage of theirs = one of ours, such as 'Demo=Qualified'")
    parser.add_argument("--owner", **pairs, help="an owner of theirs = a login of ours")
    parser.add_argument("--column", **pairs, help="a header = what it tells, such as 'Customer since=comment'")
    add_connection_arguments(parser)
    options = parser.parse_args(arguments)
    options.source = options.source or options.layout
    return options


def _pair(text):
    old, mark, new = text.partition("=")
    if not mark or not old.strip() or not new.strip():
        raise argparse.ArgumentTypeError(f"“{text}” is not of the form 'theirs=ours'")
    return old.strip(), new.strip()


if __name__ == "__main__":
    sys.exit(main())
