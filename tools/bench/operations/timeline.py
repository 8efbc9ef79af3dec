"""Opening the largest customer: one page of his history, and the form with its messages as a browser asks for them."""

from functools import partial

from lxml import etree

from odoo.addons.mail.tools.discuss import Store

from ..operation import Side, operation
from .common import as_user, is_ours

MESSAGES = 30
# What the form's chatter asks for besides the messages.
CHATTER = ["activities", "attachments", "contact_fields", "followers", "scheduledMessages", "suggestedRecipients"]


@operation(
    "timeline", unit="opening the customer with most invoices, as a salesperson", needs=("crm.event",), most_cpu=0.03
)
def make_for_salesperson():
    return _make("boris")


@operation(
    "timeline_invoicing",
    unit="the same as somebody who sees what the customer owes",
    needs=("crm.event",),
    most_cpu=0.03,
)
def make_for_invoicing():
    return _make("maria")


def _make(login):
    return (
        Side(_read_timeline, partial(find_customer, login=login), loops=10),
        Side(read_form, partial(find_customer_and_form, login=login), loops=3, elsewhere=True),
    )


def find_customer(env, login):
    env.cr.execute(
        """SELECT commercial_partner_id FROM account_move WHERE move_type = 'out_invoice'
            GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"""
    )
    [(partner_id,)] = env.cr.fetchall()
    return as_user(env, login)["res.partner"].browse(partner_id)


def _read_timeline(partner):
    page = partner.get_customer_timeline(limit=MESSAGES)
    if len(page["events"]) != MESSAGES:
        raise ValueError(f"The page has {len(page['events'])} events; the database is too small for this comparison.")
    return page


def find_customer_and_form(env, login):
    partner = find_customer(env, login)
    view = partner.get_views([(False, "form")])
    arch = etree.fromstring(view["views"]["form"]["arch"])
    return partner, _specification(partner, arch)


def read_form(prepared):
    partner, specification = prepared
    [values] = partner.web_read(specification)
    found = partner.env["mail.message"]._message_fetch(domain=None, thread=partner, limit=MESSAGES)
    thread = Store().add(partner, [], as_thread=True, request_list=CHATTER)
    return values, thread.get_result(), Store().add(found["messages"]).get_result()


def _specification(records, arch):
    """The fields that a form asks for, as the web client derives them from its view; ours are left out."""
    specification = {}
    for node in arch.iter("field"):
        name = node.get("name")
        field = records._fields.get(name)
        inside_other = any(parent.tag == "field" for parent in node.iterancestors() if parent is not arch)
        if field is None or inside_other or is_ours(field) or name in specification:
            continue
        specification[name] = _of_relation(records, field, node) if field.relational else {}
    return specification


def _of_relation(records, field, node):
    subview = next((child for child in node if child.tag in ("list", "kanban")), None)
    if subview is not None:
        return {"fields": _specification(records.env[field.comodel_name], subview), "limit": 40}
    return {"fields": {"display_name": {}}}
