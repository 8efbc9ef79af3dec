"""Looking for deals and customers by text, as the search box of their lists does: the first page and the count.

Ours must find all that stock Odoo finds.
"""

from functools import partial

from odoo.fields import Domain

from ..operation import Side, operation
from .common import as_user

PAGE = 80
COUNTED = 10_001
COLUMNS = {
    "crm.lead": ("partner_id", "partner_name", "email_from", "name", "contact_name"),
    "res.partner": ("complete_name", "ref", "email", "vat", "company_registry"),
}


@operation(
    "search_deals",
    unit="looking for deals by a part of a name, as a sales manager",
    needs=("crm.event",),
    compare=lambda ours, stock: check(ours, stock),
    most_times=0.05,
)
def make_for_deals():
    return _make("crm.lead")


@operation(
    "search_customers",
    unit="looking for customers by a part of a name, as a sales manager",
    needs=("crm.event",),
    compare=lambda ours, stock: check(ours, stock),
    most_times=0.05,
)
def make_for_customers():
    return _make("res.partner")


def _make(model):
    return (
        Side(_search, partial(_prepare, model=model, is_ours=True), loops=10),
        Side(_search, partial(_prepare, model=model, is_ours=False), loops=2, elsewhere=True),
    )


def _prepare(env, model, is_ours):
    """Somebody remembers the second half of a customer's name."""
    env.cr.execute(
        """SELECT name FROM res_partner partner
            WHERE is_company AND length(name) > 12
              AND EXISTS (SELECT FROM crm_lead lead JOIN res_partner person ON person.id = lead.partner_id
                           WHERE person.commercial_partner_id = partner.id)
            ORDER BY id LIMIT 20"""
    )
    (name,) = env.cr.fetchall()[-1]
    text = name[len(name) // 2 :].strip()
    if is_ours:
        return as_user(env, "maria")[model], Domain("text_search", "ilike", text)
    return as_user(env, "maria")[model], Domain.OR(Domain(column, "ilike", text) for column in COLUMNS[model])


def _search(prepared):
    records, domain = prepared
    return records.web_search_read(list(domain), {"display_name": {}}, limit=PAGE, count_limit=COUNTED)


def check(ours, stock):
    if ours["length"] < stock["length"]:
        raise ValueError(f"Ours finds {ours['length']} where stock Odoo finds {stock['length']}.")
