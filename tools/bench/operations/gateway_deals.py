"""Taking in deals of another system: the gateway with its checks, and `create` over the same protocol."""

import xmlrpc.client

from odoo.service.model import call_kw

from ..operation import Side, operation
from .common import as_user

SOURCE = "benchmark"
DEALS, CALL = 10_000, 1_000
STOCK_DEALS, STOCK_CALL = 1_000, 200


@operation("gateway_deals", unit="one deal of a bulk import", needs=("crm.gateway",), most_repeats=2)
def make():
    return Side(_upsert, _prepare_rows, units=DEALS), Side(_create, _prepare_values, units=STOCK_DEALS)


def _remote(env, model, method, *arguments):
    """A call with the marshalling of XML-RPC both ways, as the server does it."""
    request = xmlrpc.client.dumps((model, method, list(arguments)), allow_none=True)
    (model, method, arguments), _name = xmlrpc.client.loads(request)
    answer = call_kw(env[model], method, arguments, {})
    env.flush_all()
    return xmlrpc.client.loads(xmlrpc.client.dumps((answer,), methodresponse=True, allow_none=True))[0][0]


def find_customers_and_sellers(env):
    """Customers and salespeople to spread the deals over, the same for both sides."""
    customers = env["res.partner"].search([("is_company", "=", True), ("customer_rank", ">=", 0)], limit=2_000)
    members = env["crm.team.member"].search([])
    return customers, members


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
    return as_user(env, "maria"), rows


def _upsert(prepared):
    env, rows = prepared
    for start in range(0, len(rows), CALL):
        answers = _remote(env, "crm.gateway", "upsert_deals", SOURCE, rows[start : start + CALL])
        wrong = [answer for answer in answers if answer["state"] != "created"]
        if wrong:
            raise ValueError(f"The gateway refused a row: {wrong[0]}")


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
    return as_user(env, "maria"), values


def _create(prepared):
    env, values = prepared
    for start in range(0, len(values), STOCK_CALL):
        _remote(env, "crm.lead", "create", values[start : start + STOCK_CALL])
