"""Taking in deals of another system: the gateway with its checks, and `create` over the same protocol."""

from ..operation import Side, operation
from .common import STOCK_CALL, and_take, as_user, create_remotely, find_customers_and_sellers, take_known, take_new

SOURCE = "benchmark"
DEALS, STOCK_DEALS = 10_000, 5 * STOCK_CALL


@operation(
    "gateway_deals", unit="one new deal of a bulk import", needs=("crm.gateway",), most_cpu=0.004, most_repeats=2
)
def make():
    return Side(take_new, _prepare_rows, units=DEALS), Side(create_remotely, _prepare_values, units=STOCK_DEALS)


@operation(
    "gateway_deals_repeated",
    unit="one deal that an import says again",
    needs=("crm.gateway",),
    most_cpu=0.001,
    most_repeats=2,
    warm_up=False,
)
def make_repeated():
    return (Side(take_known, and_take(_prepare_rows), units=DEALS),)


def _prepare_rows(env):
    customers, members = find_customers_and_sellers(env)
    refs = [(f"C{customer.id}", customer.id, "") for customer in customers]
    env["crm.external.ref"]._remember(SOURCE, "res.partner", refs)
    rows = [
        {
            "external_id": f"D{number}",
            "name": f"Deal {number}",
            "customer_external_id": f"C{customers[number % len(customers)].id}",
            "expected_revenue": 1000 + number % 7,
            "stage": "New",
            "salesperson": members[number % len(members)].user_id.login,
            "team": members[number % len(members)].crm_team_id.name,
            "date_deadline": "2030-12-31",
            "priority": str(number % 4),
        }
        for number in range(DEALS)
    ]
    return as_user(env, "maria"), "upsert_deals", SOURCE, rows


def _prepare_values(env):
    customers, members = find_customers_and_sellers(env)
    stage = env["crm.stage"].search([("name", "=", "New")], limit=1)
    values = [
        {
            "type": "opportunity",
            "name": f"Deal {number}",
            "partner_id": customers[number % len(customers)].id,
            "expected_revenue": 1000 + number % 7,
            "stage_id": stage.id,
            "user_id": members[number % len(members)].user_id.id,
            "team_id": members[number % len(members)].crm_team_id.id,
            "date_deadline": "2030-12-31",
            "priority": str(number % 4),
        }
        for number in range(STOCK_DEALS)
    ]
    return as_user(env, "maria"), "crm.lead", values
