"""Write `data/samples/*.csv` anew, always the same: `python data/make_samples.py`.

The files look like an export of a system that people used for years: two alphabets, customers that stand there twice,
and rows that are wrong. `data/README.md` lists the wrong rows and why they are refused.
"""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from company import names
from company.parameters import CAMPAIGNS, PRODUCTS, SOURCES, TAGS

SAMPLES = Path(__file__).parent / "samples"
SEED = 2026
TODAY = date(2026, 11, 2)

CUSTOMER_FIELDS = (
    "external_id", "name", "is_company", "company_external_id", "email", "phone", "street", "city", "zip", "country",
    "vat", "function", "language", "salesperson", "tags", "comment",
)  # fmt: skip
PRODUCT_FIELDS = ("external_id", "name", "code", "category", "list_price", "cost", "type")
DEAL_FIELDS = (
    "external_id", "name", "customer_external_id", "contact_name", "email", "phone", "expected_revenue", "stage",
    "salesperson", "team", "date_deadline", "source", "medium", "campaign", "tags", "priority", "description",
)  # fmt: skip
INTERACTION_FIELDS = (
    "external_id", "customer_external_id", "kind", "direction", "date", "summary", "duration_minutes",
    "deal_external_id", "salesperson",
)  # fmt: skip

# Rows that the gateway refuses, each for one reason; the column `favourite_colour` exists only for one of them.
WRONG_CUSTOMERS = (
    {"external_id": "C-901", "name": "", "is_company": "1", "email": "noname@wrong.example"},
    {"external_id": "C-902", "name": "Bad Mail Ltd", "is_company": "1", "email": "info(at)badmail"},
    {"external_id": "C-903", "name": "Atlantis Trading", "is_company": "1", "country": "QQ"},
    {"external_id": "C-904", "name": "Orphan Contact", "is_company": "0", "company_external_id": "C-777777"},
    {"external_id": "C-905", "name": "Maybe Company", "is_company": "perhaps"},
    {"external_id": "C-906", "name": "Жёлтый дом", "is_company": "1", "favourite_colour": "жёлтый"},
    {"external_id": "C-907", "name": "Ghost Seller GmbH", "is_company": "1", "salesperson": "nobody"},
)
WRONG_PRODUCTS = (
    {"external_id": "P-901", "name": "", "code": "X901", "list_price": "10"},
    {"external_id": "P-902", "name": "Antigravity Chair", "list_price": "-15", "type": "goods"},
    {"external_id": "P-903", "name": "Mystery Box", "list_price": "20", "type": "gadget"},
)
WRONG_DEALS = (
    {"external_id": "D-901", "name": "", "expected_revenue": "1000"},
    {"external_id": "D-902", "name": "Negative worth", "expected_revenue": "-5000"},
    {"external_id": "D-903", "name": "Date of another country", "date_deadline": "31.12.2026"},
    {"external_id": "D-904", "name": "Stage that nobody knows", "stage": "Contract in the drawer"},
    {"external_id": "D-905", "name": "Customer that nobody knows", "customer_external_id": "C-777777"},
    {"external_id": "D-906", "name": "Сумма прописью", "expected_revenue": "сто тысяч"},
    {"external_id": "D-907", "name": "Too important", "priority": "9"},
    {"external_id": "D-908", "name": "Team that nobody knows", "team": "Moon Office"},
    {"external_id": "D-909", "name": "Bad mail", "email": "anna at harbor"},
)
WRONG_INTERACTIONS = (
    {"external_id": "I-901", "kind": "call", "direction": "in", "date": "2026-10-01 10:00:00"},
    {"external_id": "I-902", "customer_external_id": "C-001", "kind": "telepathy", "date": "2026-10-01 10:00:00"},
    {"external_id": "I-903", "customer_external_id": "C-001", "kind": "call", "date": "yesterday"},
    {"external_id": "I-904", "customer_external_id": "C-777777", "kind": "visit", "date": "2026-10-01 10:00:00"},
    {
        "external_id": "I-905", "customer_external_id": "C-001", "kind": "call", "date": "2026-10-01 10:00:00",
        "duration_minutes": "-5",
    },
)  # fmt: skip


def main():
    rng = Random(SEED)
    customers = _customers(rng)
    deals = _deals(rng, customers)
    _write("customers.csv", (*CUSTOMER_FIELDS, "favourite_colour"), [*customers, *WRONG_CUSTOMERS])
    _write("products.csv", PRODUCT_FIELDS, [*_products(), *WRONG_PRODUCTS])
    _write("deals.csv", DEAL_FIELDS, [*deals, *WRONG_DEALS])
    interactions = _interactions(rng, deals)
    _write("interactions.csv", INTERACTION_FIELDS, [*interactions, *WRONG_INTERACTIONS])


def _customers(rng):
    rows, companies, taken = [], [], set()
    while len(companies) < 90:
        country = rng.choices(names.COUNTRIES, [country.weight for country in names.COUNTRIES])[0]
        name = names.company_name(rng, country)
        if name not in taken:
            taken.add(name)
            companies.append((f"C-{len(companies) + 1:03d}", name, country))
    for reference, name, country in companies:
        email = f"info@{names.slug(name)}.example"
        rows.append({"external_id": reference, "name": name, "is_company": "1", "email": email, **_place(rng, country)})
        rows[-1]["tags"] = rng.choice(("", "", "Wholesale", "Retail;Loyal", "Опт"))
    for number in range(80):
        reference, company, country = rng.choice(companies)
        rows.append(_contact(rng, 101 + number, reference, company, country))
    for number in range(20):
        country = rng.choice(names.COUNTRIES)
        name = names.person_name(rng, country.cyrillic)
        email = f"{names.slug(name)}{number}@home.example"
        rows.append({"external_id": f"C-{201 + number}", "name": name, "is_company": "0", "email": email})
        rows[-1] |= _place(rng, country)
    return rows + _duplicates(rows)


def _contact(rng, number, reference, company, country):
    name = names.person_name(rng, country.cyrillic)
    functions = names.FUNCTIONS_CYRILLIC if country.cyrillic else names.FUNCTIONS
    return {
        "external_id": f"C-{number}", "name": name, "is_company": "0", "company_external_id": reference,
        "email": f"{names.slug(name)}@{names.slug(company)}.example", "phone": names.phone_number(rng, country),
        "function": rng.choice(functions), "language": "ru_RU" if country.cyrillic else "en_US",
    }  # fmt: skip


def _place(rng, country):
    city, code = rng.choice(country.cities)
    return {
        "phone": names.phone_number(rng, country), "street": names.street(rng, country), "city": city, "zip": code,
        "country": country.code,
    }  # fmt: skip


def _duplicates(rows):
    """Every fifteenth customer once more: in capitals, without the legal form, or without the phone number."""
    copies = []
    for number, row in enumerate(rows[::15]):
        copy = {**row, "external_id": f"C-{301 + number}"}
        if number % 3 == 0:
            copy["name"] = row["name"].upper()
        elif number % 3 == 1:
            copy["name"] = row["name"].removeprefix("ООО ").removesuffix(" Inc.").removesuffix(" GmbH")
            copy["email"] = row["email"].upper()
        else:
            copy["phone"] = ""
        copies.append(copy)
    return copies


def _products():
    for number, (name, category, price, cost, kind) in enumerate(PRODUCTS, start=1):
        yield {
            "external_id": f"P-{number:03d}", "name": name, "code": f"NW{number:03d}", "category": category,
            "list_price": f"{price}.00", "cost": f"{cost}.00", "type": kind,
        }  # fmt: skip


def _deals(rng, customers):
    rows = []
    for number in range(1, 301):
        customer, source = rng.choice(customers), rng.choice(SOURCES)
        cyrillic = any("а" <= char <= "я" for char in customer["name"].lower())
        rows.append(
            {
                "external_id": f"D-{number:03d}",
                "name": f"{rng.choice(names.DEAL_TITLES_CYRILLIC if cyrillic else names.DEAL_TITLES)} {number}",
                "customer_external_id": customer["external_id"],
                "expected_revenue": f"{rng.lognormvariate(8, 0.8):.2f}",
                "stage": rng.choice(("New", "New", "Qualified", "Proposition")),
                "team": rng.choice(("", "Sales")),
                "date_deadline": TODAY + timedelta(days=rng.randrange(-20, 120)),
                "source": source.name,
                "medium": source.medium,
                "campaign": rng.choice(("", "", *CAMPAIGNS)),
                "tags": ";".join(rng.sample(TAGS, rng.randrange(3))),
                "priority": rng.randrange(4),
                "description": rng.choice(("", *names.MESSAGES_CYRILLIC) if cyrillic else ("", *names.MESSAGES)),
            }
        )
    return rows


def _interactions(rng, deals):
    rows = []
    for number in range(1, 96):
        deal = rng.choice(deals)
        kind = rng.choice(("call", "call", "meeting", "visit", "sms", "chat", "email"))
        at = datetime.combine(TODAY, datetime.min.time()) - timedelta(minutes=rng.randrange(60 * 24 * 180))
        rows.append(
            {
                "external_id": f"I-{number:03d}",
                "customer_external_id": deal["customer_external_id"],
                "kind": kind,
                "direction": rng.choice(("in", "out")),
                "date": at,
                "summary": rng.choice(names.MESSAGES + names.MESSAGES_CYRILLIC),
                "duration_minutes": rng.randrange(2, 90) if kind in ("call", "meeting", "visit") else "",
                "deal_external_id": rng.choice(("", deal["external_id"])),
            }
        )
    return rows


def _write(name, fields, rows):
    SAMPLES.mkdir(exist_ok=True)
    with open(SAMPLES / name, "w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
