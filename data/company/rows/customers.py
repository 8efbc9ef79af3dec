"""res_partner: companies, their contacts, private people."""

import itertools

from ..names import COUNTRIES

TABLES = ("res_partner",)
KINDS = ("company", "contact", "person")

COLUMNS = """
    id int, kind text, parent_id int, commercial_id int, name text, complete_name text, company_name text,
    email text, phone text, phone_sanitized text, function text, street text, city text, zip text,
    country text, user_id int, created timestamp, customer_rank int, term_id int
"""


def write(writer, story, context):
    writer.stage("g_partner", COLUMNS, _rows(story, context))
    with writer.bulk(TABLES):
        for kind, country in itertools.product(KINDS, COUNTRIES):
            _write_partners(writer, f"{kind}_{country.code}", context)
    writer.advance(*TABLES)


def _write_partners(writer, specimen, context):
    kind, country = specimen.split("_")
    writer.clone(
        "res_partner", specimen, f"(SELECT * FROM g_partner WHERE kind = '{kind}' AND country = '{country}')",
        id="g.id", name="g.name", complete_name="g.complete_name", parent_id="g.parent_id",
        commercial_partner_id="g.commercial_id", commercial_company_name="g.company_name", email="g.email",
        email_normalized="lower(g.email)", phone="g.phone", phone_sanitized="g.phone_sanitized",
        function="g.function", street="g.street", city="g.city", zip="g.zip", user_id="g.user_id",
        customer_rank="g.customer_rank", create_uid="g.user_id", write_uid="g.user_id", create_date="g.created",
        write_date="g.created", calendar_last_notif_ack="g.created",
        property_payment_term_id=f"jsonb_build_object('{context.company_id}', g.term_id)",
    )  # fmt: skip


def _rows(story, context):
    for customer in story.customers:
        kind = "company" if customer.is_company else "person"
        yield _row(customer, customer, kind, context)
        for contact in customer.contacts:
            yield _row(contact, customer, "contact", context)


def _row(partner, customer, kind, context):
    is_contact = kind == "contact"
    return (
        partner.id, kind, customer.id if is_contact else None, customer.id, partner.name,
        f"{customer.name}, {partner.name}" if is_contact else partner.name,
        customer.name if customer.is_company else None,
        partner.email, partner.phone, sanitized(partner.phone), partner.function if is_contact else None,
        customer.street, customer.city, customer.zip, customer.country.code,
        customer.seller.user_id, partner.created, customer.invoices, context.term_id(customer),
    )  # fmt: skip


def sanitized(phone):
    """The number as Odoo keeps it for comparison.

    >>> sanitized("+49 30 23125-001")
    '+493023125001'
    """
    return "+" + "".join(char for char in phone if char.isdigit())
