"""Looking for deals and customers by text, as the search box of their lists does: the first page and the count.

Three searches one after another: by the beginning of a word, by a part of a name, and by digits of a telephone number.
Ours must find all that stock Odoo finds.
"""

import re
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
    unit="looking for deals by a word, a part of a name and a part of a number, as a sales manager",
    needs=("crm.event",),
    compare=lambda ours, stock: check(ours, stock),
    most_times=0.05,
)
def make_for_deals():
    return _make("crm.lead")


@operation(
    "search_customers",
    unit="looking for customers by a word, a part of a name and a part of a number, as a sales manager",
    needs=("crm.event",),
    compare=lambda ours, stock: check(ours, stock),
    most_times=0.05,
)
def make_for_customers():
    return _make("res.partner")


def _make(model):
    return (
        Side(_search, partial(_prepare, model=model, is_ours=True), loops=10, units=3),
        Side(_search, partial(_prepare, model=model, is_ours=False), loops=2, units=3, elsewhere=True),
    )


def _prepare(env, model, is_ours):
    """Somebody remembers how a customer's name begins, its second half, or the end of a number."""
    env.cr.execute(
        """SELECT name, phone FROM res_partner partner
            WHERE is_company AND length(name) > 12 AND phone IS NOT NULL
              AND EXISTS (SELECT FROM crm_lead lead JOIN res_partner person ON person.id = lead.partner_id
                           WHERE person.commercial_partner_id = partner.id)
            ORDER BY id LIMIT 20"""
    )
    name, phone = env.cr.fetchall()[-1]
    texts = (name[:5], name[len(name) // 2 :].strip())
    digits = re.sub(r"\D", "", phone)[-7:]
    records = as_user(env, "maria")[model]
    if is_ours:
        return records, [Domain("text_search", "ilike", text) for text in (*texts, digits)]
    domains = [Domain.OR(Domain(column, "ilike", text) for column in COLUMNS[model]) for text in texts]
    return records, [*domains, Domain("phone_mobile_search", "ilike", digits)]


def _search(prepared):
    records, domains = prepared
    return [
        records.web_search_read(list(domain), {"display_name": {}}, limit=PAGE, count_limit=COUNTED)["length"]
        for domain in domains
    ]


def check(ours, stock):
    if any(our < their for our, their in zip(ours, stock, strict=True)):
        raise ValueError(f"Ours finds {ours} where stock Odoo finds {stock}.")
