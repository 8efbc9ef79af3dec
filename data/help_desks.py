"""Bring the tickets of another help desk in through the gateway, from another process or machine.

    python data/help_desks.py zammad --database crm_demo --password admin --dry-run tickets.csv
    python data/help_desks.py zendesk --database crm_demo --password admin tickets.csv
    python data/help_desks.py zendesk --database crm_demo --password admin t.csv --messages comments.csv --files folder
    python data/help_desks.py oca --database crm_demo --password admin

Knows the CSV exports of Zammad and Zendesk; `oca` reads the tickets of OCA's `helpdesk_mgmt` in the very same database,
with their messages and files. Exports keep messages apart: a table with the ticket, the author's address, the time and
the text of each (Zammad's articles, Zendesk's comments), and files by name in a folder.
Customers come in with the tickets, known by their address. A repeated import changes nothing.
Exit code: 0 all rows are in, 2 some were refused.
"""

import argparse
import base64
import json
import sys
from collections import Counter
from pathlib import Path

from layouts.layout import fold
from layouts.readers import read_file
from load import METHODS, add_connection_arguments, connect, send

METHODS["tickets"] = "upsert_tickets"
METHODS["messages"] = "upsert_ticket_messages"
METHODS["files"] = "upsert_ticket_files"
# A file and what it weighs on its way; a call stays well below what a server takes.
FILES_PER_CALL = 10

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
MESSAGE_COLUMNS = {
    "id": ("Article ID", "Comment ID", "ID", "Id"),
    "ticket": ("Ticket ID", "Ticket#", "#", "Ticket"),
    "email": ("From", "Author email", "Author", "Sender"),
    "date": ("Created at", "Created At", "Date"),
    "body": ("Body", "Comment", "Text"),
    "internal": ("Internal", "Private"),
    "files": ("Attachments", "Files"),
}
INTERNAL = {"1", "true", "yes", "private", "internal"}
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
    messages, files = read_oca_history(connection) if options.desk == "oca" else read_history(options)
    gateway, known, report = connection.get_model("crm.gateway"), set(), {}
    kinds = [("customers", customers), ("tickets", tickets), ("messages", messages)]
    kinds += [("files", files[start : start + FILES_PER_CALL]) for start in range(0, len(files), FILES_PER_CALL)]
    for kind, brought in kinds:
        answers = [answer for call in send(gateway, kind, brought, options, known) for answer in call]
        entry = report.setdefault(kind, {"states": Counter(), "refused": []})
        entry["states"].update(answer["state"] for answer in answers)
        entry["refused"] += [answer for answer in answers if answer["state"] == "error"]
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 2 if any(entry["refused"] for entry in report.values()) else 0


def read_exports(options):
    """The facts of every line of the files."""
    facts = []
    for path in options.tables:
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


def read_history(options):
    """Rows of messages and of files for the gateway, from the table of messages and the folder of files."""
    if not options.messages:
        return [], []
    _headers, lines = read_file(options.messages.read_bytes())
    messages, files = [], []
    for number, (_line, row) in enumerate(lines, 1):
        facts = pick(row, MESSAGE_COLUMNS)
        ticket = f"{options.desk}:{facts.get('ticket', '')}"
        message = {
            "external_id": f"{options.desk}:message:{facts.get('id') or f'{ticket}:{number}'}",
            "ticket_external_id": ticket,
            "date": _to_moment(facts.get("date", "")),
            "author_email": find_address(facts.get("email", "")),
            "author_name": facts.get("email", "").partition("<")[0].strip(),
            "body": facts.get("body", ""),
            "is_internal": fold(facts.get("internal", "")) in INTERNAL,
        }
        messages.append({name: value for name, value in message.items() if value})
        names = [name.strip() for name in facts.get("files", "").split(";") if name.strip()]
        files += [_read_attachment(options.files_from, name, message) for name in names]
    return messages, files


def find_address(text):
    """
    >>> find_address("Lena Hill <Lena@hill.example>"), find_address("lena@hill.example")
    ('Lena@hill.example', 'lena@hill.example')
    """
    return text.rpartition("<")[2].strip("> ")


def _to_moment(text):
    return text.replace("T", " ").rstrip("Z")[:19]


def _read_attachment(folder, name, message):
    """A file of a message; its name may not lead out of the folder."""
    path = (folder or Path()) / Path(name).name
    return {
        "external_id": f"{message['external_id']}:{path.name}",
        "ticket_external_id": message["ticket_external_id"],
        "message_external_id": message["external_id"],
        "name": path.name,
        "content": base64.b64encode(path.read_bytes()).decode() if folder and path.is_file() else "",
    }


def read_oca_history(connection):
    """The same rows from the chatter of `helpdesk_mgmt`; its log entries stay behind."""
    tickets = connection.get_model("helpdesk.ticket").search_read([], ["number"], context={"active_test": False})
    numbers = {ticket["id"]: ticket["number"] for ticket in tickets}
    written = connection.get_model("mail.message").search_read(
        [("model", "=", "helpdesk.ticket"), ("message_type", "in", ["email", "comment"])],
        ["res_id", "date", "email_from", "author_id", "body", "is_internal", "attachment_ids"],
    )
    messages, of_file = [], {}
    for message in written:
        key = f"oca:message:{message['id']}"
        of_file |= dict.fromkeys(message["attachment_ids"], key)
        row = {
            "external_id": key,
            "ticket_external_id": f"oca:{numbers.get(message['res_id'])}",
            "date": str(message["date"])[:19],
            "author_email": find_address(message["email_from"] or ""),
            "author_name": message["author_id"][1] if message["author_id"] else "",
            "body": message["body"] or "",
            "is_internal": message["is_internal"],
        }
        messages += [{name: value for name, value in row.items() if value}] if row["body"] else []
    kept = {message["external_id"] for message in messages}
    found = connection.get_model("ir.attachment").search_read(
        [("res_model", "=", "helpdesk.ticket"), ("res_id", "in", [*numbers])], ["name", "datas", "res_id"]
    )
    files = [
        {
            "external_id": f"oca:file:{file['id']}",
            "ticket_external_id": f"oca:{numbers[file['res_id']]}",
            "message_external_id": of_file.get(file["id"]) if of_file.get(file["id"]) in kept else "",
            "name": file["name"],
            "content": file["datas"] or "",
        }
        for file in found
    ]
    return messages, files


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
    parser.add_argument("tables", nargs="*", type=Path, metavar="tickets.csv")
    parser.add_argument("--messages", type=Path, help="CSV with the messages of the tickets")
    parser.add_argument("--files", dest="files_from", type=Path, help="the folder with the files that messages name")
    add_connection_arguments(parser)
    options = parser.parse_intermixed_args(arguments)
    options.source = options.desk
    if (options.desk == "oca") == bool(options.tables):
        parser.error("name the CSV files; with oca, none")
    return options


if __name__ == "__main__":
    sys.exit(main())
