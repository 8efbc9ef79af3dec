"""Bring the tickets of another help desk in through the gateway, from another process or machine.

    python data/help_desks.py zammad --database crm_demo --password admin --dry-run tickets.csv
    python data/help_desks.py zendesk --database crm_demo --password admin tickets.csv
    python data/help_desks.py oca --database crm_demo --password admin

Knows the CSV exports of Zammad and Zendesk; `oca` reads the tickets of OCA's `helpdesk_mgmt` in the very same database.
Customers come in with the tickets, known by their address. A repeated import changes nothing.
Exit code: 0 all rows are in, 2 some were refused.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from layouts.layout import fold
from layouts.readers import read_file
from load import METHODS, add_connection_arguments, connect, send

METHODS["tickets"] = "upsert_tickets"

# Facts by the headers that may tell them; the first that is filled counts.
COLUMNS = {
    "zammad": {
        "id": ("#", "Ticket#", "Number"),
        "name": ("Title",),
        "email": ("Customer Email", "Customer"),
        "customer": ("Customer Name", "Customer"),
        "team": ("Group",),
        "agent": ("Owner Email", "Owner"),
        "state": ("State",),
        "priority": ("Priority",),
        "opened": ("Created at", "Created At"),
        "description": ("Body", "Note"),
    },
    "zendesk": {
        "id": ("Ticket ID", "ID", "Id"),
        "name": ("Subject",),
        "email": ("Requester email", "Requester Email"),
        "customer": ("Requester", "Requester name"),
        "team": ("Group",),
        "agent": ("Assignee email", "Assignee"),
        "state": ("Status", "Ticket status"),
        "priority": ("Priority",),
        "opened": ("Created at", "Requested", "Ticket created - Timestamp"),
        "description": ("Description",),
    },
}
# What others call the categories of our stages, and our priorities.
CATEGORIES = {
    "new": "new",
    "open": "open",
    "in progress": "open",
    "pending": "waiting_customer",
    "pending reminder": "waiting_customer",
    "pending close": "solved",
    "awaiting": "waiting_customer",
    "hold": "waiting_third_party",
    "on-hold": "waiting_third_party",
    "solved": "solved",
    "done": "solved",
    "closed": "closed",
    "merged": "closed",
    "cancelled": "closed",
    "rejected": "closed",
}
PRIORITIES = {"low": "0", "1 low": "0", "normal": "1", "2 normal": "1", "high": "2", "3 high": "2", "urgent": "3"}
OCA_FIELDS = ("number", "name", "description", "partner_id", "partner_email", "user_id", "stage_id", "priority",
              "create_date")  # fmt: skip


def main(arguments=None):
    options = _parse(arguments)
    connection = connect(options)
    rows = read_oca(connection) if options.desk == "oca" else read_exports(options)
    stages = {stage["category"]: stage["name"] for stage in reversed(
        connection.get_model("service.stage").search_read([], ["name", "category"]))}  # fmt: skip
    customers, tickets = translate(rows, options.desk, stages, _find_logins(connection))
    gateway, known, report = connection.get_model("crm.gateway"), set(), {}
    for kind, brought in (("customers", customers), ("tickets", tickets)):
        answers = [answer for call in send(gateway, kind, brought, options, known) for answer in call]
        report[kind] = {
            "states": dict(Counter(answer["state"] for answer in answers)),
            "refused": [answer for answer in answers if answer["state"] == "error"],
        }
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 2 if any(entry["refused"] for entry in report.values()) else 0


def read_exports(options):
    """The facts of every line of the files."""
    facts = []
    for path in options.files:
        _headers, rows = read_file(path.read_bytes())
        facts += [pick(row, COLUMNS[options.desk]) for _line, row in rows]
    return facts


def pick(row, columns):
    """
    >>> pick({"ID": "7", "Subject": " Help "}, COLUMNS["zendesk"])
    {'id': '7', 'name': 'Help'}
    """
    cells = {fold(header): (text or "").strip() for header, text in row.items() if header}
    found = {fact: next(filter(None, (cells.get(fold(name)) for name in names)), "") for fact, names in columns.items()}
    return {fact: text for fact, text in found.items() if text}


def read_oca(connection):
    """The same facts from the tables of `helpdesk_mgmt`."""
    partners, users = connection.get_model("res.partner"), connection.get_model("res.users")
    tickets = connection.get_model("helpdesk.ticket").search_read([], list(OCA_FIELDS), context={"active_test": False})
    emails = _by_id(partners, "partner_id", "email", tickets)
    logins = _by_id(users, "user_id", "login", tickets)
    return [
        {
            "id": ticket["number"],
            "name": ticket["name"],
            "description": ticket["description"] or "",
            "email": emails.get(ticket["partner_id"] and ticket["partner_id"][0]) or ticket["partner_email"] or "",
            "customer": ticket["partner_id"][1] if ticket["partner_id"] else "",
            "agent": logins.get(ticket["user_id"] and ticket["user_id"][0], ""),
            "state": ticket["stage_id"][1] if ticket["stage_id"] else "",
            "priority": {"0": "low", "1": "normal", "2": "high", "3": "urgent"}.get(ticket["priority"], ""),
            "opened": str(ticket["create_date"])[:19],
        }
        for ticket in tickets
    ]


def _by_id(model, link, field, tickets):
    ids = sorted({ticket[link][0] for ticket in tickets if ticket[link]})
    return {record["id"]: record[field] for record in model.read(ids, [field])} if ids else {}


def _find_logins(connection):
    """Colleagues by login, address and name, as exports call them."""
    users = connection.get_model("res.users").search_read([("share", "=", False)], ["login", "name", "email"])
    return {fold(user[key]): user["login"] for user in users for key in ("name", "email", "login") if user[key]}


def translate(facts, desk, stages, logins):
    """Rows of customers and of tickets for the gateway.

    >>> customers, tickets = translate([{"id": "7", "name": "Help", "email": "A@x.example", "state": "Pending"}],
    ...                                "zendesk", {"waiting_customer": "Waiting"}, {})
    >>> customers
    [{'external_id': 'contact:a@x.example', 'name': 'A@x.example', 'email': 'a@x.example'}]
    >>> tickets
    [{'external_id': 'zendesk:7', 'name': 'Help', 'customer_external_id': 'contact:a@x.example', 'stage': 'Waiting'}]
    """
    customers, tickets = {}, []
    for row in facts:
        email = row.get("email", "").casefold()
        customer = f"contact:{email}" if "@" in email else ""
        if customer and desk != "oca":
            name = row.get("customer") or row["email"]
            customers.setdefault(customer, {"external_id": customer, "name": name, "email": email})
        ticket = {
            "external_id": f"{desk}:{row.get('id', '')}",
            "name": row.get("name", ""),
            "customer_external_id": customer if desk != "oca" else "",
            # In the same database the customers are there already.
            "customer_email": email if customer and desk == "oca" else "",
            "description": row.get("description", ""),
            "priority": PRIORITIES.get(fold(row.get("priority", "")), ""),
            "stage": stages.get(CATEGORIES.get(fold(row.get("state", "")), ""), ""),
            "agent": logins.get(fold(row.get("agent", "")), ""),
            "date_opened": row.get("opened", "").replace("T", " ").rstrip("Z")[:19],
        }
        tickets.append({name: value for name, value in ticket.items() if value})
    return [*customers.values()], tickets


def _parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("desk", choices=[*COLUMNS, "oca"])
    parser.add_argument("files", nargs="*", type=Path)
    add_connection_arguments(parser)
    options = parser.parse_intermixed_args(arguments)
    options.source = options.desk
    if (options.desk == "oca") == bool(options.files):
        parser.error("name the CSV files; with oca, none")
    return options


if __name__ == "__main__":
    sys.exit(main())
