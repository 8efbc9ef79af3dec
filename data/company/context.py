"""What the writers of rows need to know besides the story: ids of Odoo's records, and the numbers of documents."""

import random

from .names import COUNTRIES
from .parameters import HOME_COUNTRY

ID_TABLES = ("res_partner", "crm_lead", "sale_order", "sale_order_line", "account_move_line")


class Context:
    """Built before the rows are written; holds plain values only, no records."""

    def __init__(self, env, writer, size, seed, master):
        self.size, self.seed, self.master = size, seed, master
        self.company_id = env.company.id
        self.first_ids = {table: writer.next_id(table) for table in ID_TABLES}
        self.first_document_ids = {
            table: writer.next_id(table) for table in ("stock_picking", "account_move", "account_payment")
        }
        self.next_order_number = 1
        self.terms = {
            True: env.ref("account.account_payment_term_30days").id,
            False: env.ref("account.account_payment_term_immediate").id,
        }
        self.taxes_by_country = {country.code: _taxes(env, country.code) for country in COUNTRIES}
        self.subtypes = {kind: env.ref(f"crm.mt_lead_{kind}").id for kind in ("won", "lost")}
        self.lead_model_id = env["ir.model"]._get_id("crm.lead")
        self.activity_types = [env.ref(f"mail.mail_activity_data_{kind}").id for kind in ("call", "email", "todo")]
        stages = env["crm.stage"].browse(master.stages)
        self.stage_names = " UNION ALL ".join(
            f"SELECT {number} AS number, {stage.id} AS id, $${stage.name}$$ AS name"
            for number, stage in enumerate(stages)
        )

    def stream(self, name):
        """A stream of chance of its own for each part."""
        return random.Random(f"{self.seed}:{name}")

    def follow(self, story):
        """Learn from the story who belongs to whom, and number its documents."""
        self.owner_of = {
            partner.id: customer for customer in story.customers for partner in (customer, *customer.contacts)
        }
        self.documents = Documents(story, self.first_document_ids)

    def term_id(self, customer):
        return self.terms[customer.is_company]

    def taxes(self, order):
        return self.taxes_by_country[order.customer.country.code]

    def full_name(self, order):
        contact, customer = order.contact, order.customer
        return contact.name if contact is customer else f"{customer.name}, {contact.name}"


def _taxes(env, code):
    """The fiscal position of customers of a country and the tax on sales to them."""
    partner = env["res.partner"].new({"country_id": env["res.country"].search([("code", "=", code)]).id})
    position = env["account.fiscal.position"]._get_fiscal_position(partner)
    tax = position.map_tax(env.company.account_sale_tax_id)
    expected = env.company.account_sale_tax_id.amount if code == HOME_COUNTRY else 0
    if tax.amount != expected:
        raise ValueError(
            f"The model of the company expects a tax of {expected} % on sales to {code}, not {tax.amount} %."
        )
    return position.id or None, tax.id


class Documents:
    """Ids and numbers of pickings, invoices and payments; numbers follow the dates and start anew each year."""

    def __init__(self, story, first_ids):
        pickings = [order for order in story.orders if order.state == "sale" and order.has_goods]
        self.pickings = {
            order.id: (first_ids["stock_picking"] + number, f"WH/OUT/{number + 1:05d}")
            for number, order in enumerate(pickings)
        }
        invoices = sorted(story.invoices, key=lambda order: (order.invoiced, order.id))
        payments = sorted((order for order in invoices if order.paid), key=lambda order: (order.paid, order.id))
        first_move, first_payment = first_ids["account_move"], first_ids["account_payment"]
        self.invoices = {
            order.id: (first_move + place, f"INV/{order.invoiced.year}/{number:05d}", number)
            for place, (order, number) in enumerate(_numbered(invoices, "invoiced"))
        }
        first_move += len(invoices)
        self.payments = {
            order.id: (first_payment + place, first_move + place, f"PBNK1/{order.paid.year}/{number:05d}", number)
            for place, (order, number) in enumerate(_numbered(payments, "paid"))
        }

    def picking(self, order):
        return self.pickings.get(order.id, (None,) * 2)

    def invoice(self, order):
        return self.invoices.get(order.id, (None,) * 3)

    def payment(self, order):
        return self.payments.get(order.id, (None,) * 4)


def _numbered(orders, field):
    """Each order with its number within the year of a date; the orders are sorted by that date."""
    year = number = 0
    for order in orders:
        date = getattr(order, field)
        year, number = date.year, number + 1 if date.year == year else 1
        yield order, number
