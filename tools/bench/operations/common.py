"""What several operations need."""

import xmlrpc.client

from odoo.service.model import call_kw

OUR_ADDONS = ("crm_frontoffice", "crm_service_desk", "crm_analytics")
CALL = 1_000  # rows of a call to the gateway
STOCK_CALL = 200  # records of a call to `create`


def as_user(env, login):
    """The environment of a person of the generated company."""
    user = env["res.users"].search([("login", "=", login)])
    if not user:
        raise ValueError(f"There is no user {login}: the benchmark runs on a company made by data/generate.py.")
    return env(user=user.id, context={"lang": "en_US", "tz": "UTC", "allowed_company_ids": user.company_id.ids})


def is_ours(field):
    return field._module in OUR_ADDONS


def find_customers_and_sellers(env):
    """Customers and salespeople to spread new documents over, the same for both sides."""
    customers = env["res.partner"].search([("is_company", "=", True), ("customer_rank", ">=", 0)], limit=2_000)
    members = env["crm.team.member"].search([])
    return customers, members


def call_remotely(env, model, method, *arguments):
    """A call with the marshalling of XML-RPC both ways, as the server does it."""
    request = xmlrpc.client.dumps((model, method, list(arguments)), allow_none=True)
    (model, method, arguments), _name = xmlrpc.client.loads(request)
    answer = call_kw(env[model], method, arguments, {})
    env.flush_all()
    return xmlrpc.client.loads(xmlrpc.client.dumps((answer,), methodresponse=True, allow_none=True))[0][0]


def upsert_all(env, method, source, rows, state):
    """Send rows through the gateway; each call is a transaction of its own and reads everything anew."""
    for start in range(0, len(rows), CALL):
        answers = call_remotely(env, "crm.gateway", method, source, rows[start : start + CALL])
        wrong = [answer for answer in answers if answer["state"] != state]
        if wrong:
            raise ValueError(f"A row is not {state}: {wrong[0]}")
        env.invalidate_all()


def take_new(prepared):
    """Bring new rows in; takes what a `prepare` returned: environment, method, source, rows."""
    upsert_all(*prepared, "created")


def take_known(prepared):
    upsert_all(*prepared, "unchanged")


def and_take(prepare):
    """The same preparation, and the rows are in already."""

    def prepare_known(env):
        prepared = prepare(env)
        take_new(prepared)
        return prepared

    return prepare_known


def create_remotely(prepared):
    """What a client of stock Odoo does: `create` in batches, and again each call reads everything anew."""
    env, model, values = prepared
    for start in range(0, len(values), STOCK_CALL):
        call_remotely(env, model, "create", values[start : start + STOCK_CALL])
        env.invalidate_all()
