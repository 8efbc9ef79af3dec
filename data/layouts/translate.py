"""Rows of an export become rows of the gateway; nothing here asks a server."""

from collections import Counter
from dataclasses import dataclass, field

from .layout import fold
from .readers import read_day, read_first, read_sum, read_tags

# Facts by the field of the gateway that they become, to say in which column an error is.
FACTS = {
    "name": "name", "email": "email", "phone": "phone", "street": "street", "city": "city", "zip": "zip",
    "country": "country", "function": "function", "salesperson": "owner", "tags": "tags", "comment": "comment",
    "company_external_id": "company", "customer_external_id": "contact", "expected_revenue": "amount",
    "stage": "stage", "date_deadline": "close", "source": "source", "description": "comment",
    "contact_name": "contact",
}  # fmt: skip
COMPANY_TYPES = ("компания", "company")


@dataclass
class Server:
    """What the importer must know of the CRM that it brings rows into."""

    stages: dict  # folded name in the export or in the CRM -> name in the CRM
    won_stage: str
    owners: dict  # folded name, login or address -> login
    countries: dict  # folded name or code -> code
    currency: str


@dataclass
class Translation:
    """The rows of one file for the gateway, and what is to be said about them.

    `lines` and `columns` lead from an external id back to the line and the columns of the file.
    """

    customers: list = field(default_factory=list)
    deals: list = field(default_factory=list)
    lines: dict = field(default_factory=dict)
    columns: dict = field(default_factory=dict)
    notes: Counter = field(default_factory=Counter)


class Translator:
    """Translates the files of one export; companies and people of earlier files are known to later ones."""

    def __init__(self, layout, server, columns=None):
        self.layout = layout
        self.server = server
        self.columns = columns or {}
        self.companies = {}
        self.people = {}

    def translate(self, kind, rows):
        result = Translation()
        read = {"contacts": self._read_contact, "deals": self._read_deal}[kind]
        for line, row in rows:
            facts, told_by = self.layout.read(kind, row, self.columns)
            external_id = read(facts, result)
            if external_id:
                result.lines.setdefault(external_id, line)
                result.columns.setdefault(external_id, told_by)
        # Companies first: their people may stand in another call.
        result.customers.sort(key=lambda row: not row.get("is_company"))
        return result

    # ---- contacts

    def _read_contact(self, facts, result):
        if facts.get("type", "").casefold() in COMPANY_TYPES:
            return self._read_company_row(facts, result)
        name = facts.get("name") or " ".join(facts[part] for part in ("first", "middle", "last") if part in facts)
        name = name or facts.get("email", "")
        company = self._add_company(facts, result)
        if not name and company:
            result.notes["contacts without a name: only their company comes in"] += 1
            return None
        external_id = f"contact:{facts.get('id') or '|'.join((fold(name), facts.get('email', '').casefold()))}"
        for known_by in filter(None, (fold(name), fold(read_first(facts.get("email", ""))))):
            self.people.setdefault(known_by, set()).add(external_id)
        row = {"external_id": external_id, "name": name, "company_external_id": company}
        result.customers.append(_without_empty({**row, **self._read_address(facts, result)}))
        return external_id

    def _read_company_row(self, facts, result):
        """A row of a list in which companies stand beside people."""
        name = facts.get("company") or facts.get("name", "")
        external_id = f"company:{fold(name)}"
        self.companies[external_id] = name
        row = {"external_id": external_id, "name": name, "is_company": True, **self._read_address(facts, result)}
        result.customers = [known for known in result.customers if known["external_id"] != external_id]
        result.customers.append(_without_empty(row))
        return external_id

    def _read_address(self, facts, result):
        country = facts.get("country", "")
        return {
            "email": read_first(facts.get("email", "")),
            "phone": read_first(facts.get("phone", "")),
            "street": facts.get("street"),
            "city": facts.get("city"),
            "zip": facts.get("zip"),
            "country": self.server.countries.get(fold(country), country),
            "function": facts.get("function"),
            "salesperson": self._find_owner(facts, result),
            "tags": read_tags(facts.get("tags", "")),
            "comment": facts.get("comment"),
        }

    def _add_company(self, facts, result):
        """The external id of the company that a row names; it becomes a row of its own the first time."""
        name = read_first(facts.get("company", "")) if facts.get("company_id") else facts.get("company", "")
        company_id = read_first(facts.get("company_id", ""))
        if not name and not company_id:
            return None
        external_id = f"company:{company_id or fold(name)}"
        if external_id not in self.companies and name:
            self.companies[external_id] = name
            result.customers.append({"external_id": external_id, "name": name, "is_company": True})
        return external_id

    # ---- deals

    def _read_deal(self, facts, result):
        stage, outcome = facts.get("stage", ""), {fold(facts.get("stage", "")), fold(facts.get("status", ""))}
        if outcome & self.layout.lost:
            result.notes["lost deals are left out: the gateway takes open and won ones"] += 1
            return None
        if outcome & self.layout.won:
            stage = self.server.won_stage
        if facts.get("currency") and fold(facts["currency"]) != fold(self.server.currency):
            result.notes[f"amounts in {facts['currency']} come in as {self.server.currency}, unconverted"] += 1
        title = facts.get("title", "")
        keys = (title, facts.get("company", ""), facts.get("contact", ""))
        external_id = f"deal:{facts.get('id') or '|'.join(map(fold, keys))}"
        customer = self._find_customer(facts, result)
        row = {
            "external_id": external_id,
            "name": title,
            "customer_external_id": customer,
            "contact_name": "" if customer and customer.startswith("contact:") else facts.get("contact"),
            "email": read_first(facts.get("email", "")),
            "phone": read_first(facts.get("phone", "")),
            "expected_revenue": read_sum(facts["amount"]) if "amount" in facts else None,
            "stage": self.server.stages.get(fold(stage), stage),
            "salesperson": self._find_owner(facts, result),
            "date_deadline": read_day(facts["close"]) if "close" in facts else None,
            "source": facts.get("source"),
            "tags": read_tags(facts.get("tags", "")),
            "description": facts.get("comment"),
        }
        result.deals.append(_without_empty(row))
        return external_id

    def _find_customer(self, facts, result):
        """The contact of a deal where he is known for certain, else the company."""
        company = self._add_company(facts, result)
        if facts.get("contact_id"):
            return f"contact:{read_first(facts['contact_id'])}"
        for fact in ("email", "contact"):
            found = self.people.get(fold(read_first(facts.get(fact, ""))), ())
            if len(found) == 1:
                return next(iter(found))
        if facts.get("contact"):
            result.notes["deals keep the name of their contact as a text: it is not in the contacts of this call"] += 1
        return company

    def _find_owner(self, facts, result):
        owner = facts.get("owner", "")
        login = self.server.owners.get(fold(owner))
        if owner and not login:
            result.notes[f"“{owner}” is nobody here: name him by --owner '{owner}=login'"] += 1
        return login


def _without_empty(row):
    return {name: value for name, value in row.items() if value not in (None, "", [])}
