"""Taking in customers of another system: the gateway with its checks, and `create` over the same protocol."""

from ..operation import Side, operation
from .common import STOCK_CALL, and_take, as_user, create_remotely, find_customers_and_sellers, take_known, take_new

SOURCE = "benchmark"
CUSTOMERS, STOCK_CUSTOMERS = 10_000, 5 * STOCK_CALL
SYLLABLES = ("ka", "lo", "mi", "ner", "to", "vas", "ru", "bel", "sho", "dan")


@operation(
    "gateway_customers",
    unit="one new customer of a bulk import",
    needs=("crm.gateway",),
    most_cpu=0.004,
    most_repeats=2,
)
def make():
    return Side(take_new, _prepare_rows, units=CUSTOMERS), Side(create_remotely, _prepare_values, units=STOCK_CUSTOMERS)


@operation(
    "gateway_customers_repeated",
    unit="one customer that an import says again",
    needs=("crm.gateway",),
    most_cpu=0.001,
    most_repeats=2,
    warm_up=False,
)
def make_repeated():
    return (Side(take_known, and_take(_prepare_rows), units=CUSTOMERS),)


def _name(number):
    """A name that no other number has."""
    digits = f"{number * 7919 % 100_000:05}"
    return "".join(SYLLABLES[int(digit)] for digit in digits).capitalize()


def _prepare_rows(env):
    """Half companies, half their contacts, as an export of customers has them."""
    _customers, members = find_customers_and_sellers(env)
    rows = []
    for number in range(CUSTOMERS):
        row = {
            "external_id": f"N{number}",
            "name": f"{_name(number)} Works" if number % 2 == 0 else f"Anna {_name(number)}",
            "email": f"info@{_name(number).lower()}.example",
            "phone": f"+4930{5_000_000 + number}",
            "street": f"Street {number % 200}",
            "city": "Berlin",
            "zip": "10115",
            "country": "DE",
            "salesperson": members[number % len(members)].user_id.login,
            "tags": "Import; VIP" if number % 5 == 0 else "Import",
        }
        relation = {"is_company": True} if number % 2 == 0 else {"company_external_id": f"N{number - 1}"}
        rows.append({**row, **relation})
    return as_user(env, "maria"), "upsert_customers", SOURCE, rows


def _prepare_values(env):
    """What a client of stock Odoo would send: he looks up countries and tags by himself, contacts come later."""
    _customers, members = find_customers_and_sellers(env)
    tag = env["res.partner.category"].create({"name": "Import"})
    values = [
        {
            "name": f"{_name(number)} Works",
            "email": f"info@{_name(number).lower()}.example",
            "phone": f"+4930{5_000_000 + number}",
            "street": f"Street {number % 200}",
            "city": "Berlin",
            "zip": "10115",
            "country_id": env.ref("base.de").id,
            "user_id": members[number % len(members)].user_id.id,
            "category_id": [(6, 0, tag.ids)],
            "is_company": number % 2 == 0,
        }
        for number in range(STOCK_CUSTOMERS)
    ]
    return as_user(env, "maria"), "res.partner", values
