"""One document of each kind, made by Odoo itself, read, and taken back: the moulds of all generated rows."""

from datetime import timedelta
from random import Random

from . import names
from .names import COUNTRIES


def take_specimens(env, writer, master, today):
    """The rows of a customer, deals, orders and so on, as texts by name; the transaction is rolled back."""
    # The mails and notifications that such documents would cause are not wanted, not even for a moment.
    env = env(context={**env.context, "tracking_disable": True, "mail_create_nosubscribe": True, "mail_notrack": True})
    specimens = {}

    def take(name, record):
        env.flush_all()
        specimens[name] = (record._table, writer.take(record._table, record.id))

    for country in reversed(COUNTRIES):
        customers = _make_customers(env, master, country)
        for kind, customer in customers.items():
            take(f"{kind}_{country.code}", customer)
    contact = customers["contact"]
    lead = _take_deals(env, take, contact, master)
    _take_orders(env, take, contact, lead, master, today)
    _take_message(env, take, lead)
    _take_plans(env, take, lead, today)
    env.cr.rollback()
    env.invalidate_all(flush=False)
    env.registry.clear_all_caches()
    return specimens


def _make_customers(env, master, country):
    """A company, its contact and a private person; countries have their own defaults, of e-invoicing for one."""
    values = {
        "street": "1 Main Street", "city": country.cities[0][0], "phone": names.phone_number(Random(1), country),
        "country_id": env["res.country"].search([("code", "=", country.code)]).id,
        "user_id": master.sellers[0].user_id, "lang": "ru_RU" if country.cyrillic else "en_US",
    }  # fmt: skip
    company, person = env["res.partner"].create(
        [
            {"name": "Specimen Inc.", "is_company": True, "email": "info@specimen.example"} | values,
            {"name": "Sam Specimen", "is_company": False, "email": "sam@home.example"} | values,
        ]
    )
    contact = {"name": "Eve", "parent_id": company.id, "email": "eve@specimen.example", "phone": values["phone"]}
    return {"company": company, "contact": env["res.partner"].create(contact), "person": person}


def _take_deals(env, take, contact, master):
    values = {
        "name": "Specimen", "type": "opportunity", "partner_id": contact.id, "expected_revenue": 1000,
        "user_id": master.sellers[0].user_id, "team_id": master.teams[0], "stage_id": master.stages[0],
        "source_id": master.sources[0], "medium_id": master.mediums[0],
    }  # fmt: skip
    pending, won, lost = env["crm.lead"].create([values, values, values])
    won.action_set_won()
    lost.action_set_lost(lost_reason_id=master.lost_reasons[0])
    take("deal_pending", pending)
    take("deal_won", won)
    take("deal_lost", lost)
    follower = env["mail.followers"].create(
        {"res_model": "crm.lead", "res_id": won.id, "partner_id": master.sellers[0].partner_id}
    )
    take("follower", follower)
    return won


def _take_orders(env, take, contact, lead, master, today):
    goods = next(product for product in master.products if product.storable)
    location = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
    product = env["product.product"].browse(goods.id)
    env["stock.quant"]._update_available_quantity(product, location, 100)
    values = {
        "partner_id": contact.id, "opportunity_id": lead.id, "user_id": master.sellers[0].user_id,
        "team_id": master.teams[0], "payment_term_id": env.ref("account.account_payment_term_30days").id,
        "order_line": [(0, 0, {"product_id": goods.id, "product_uom_qty": 3})],
    }  # fmt: skip
    quotation, done, ready = env["sale.order"].create([values, values, values])
    (done | ready).action_confirm()
    picking = done.picking_ids
    picking.move_ids.write({"quantity": 3, "picked": True})
    picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
    _take_invoice(env, take, done, today)
    for name, order in (("quotation", quotation), ("order", done)):
        take(name, order)
        take(f"{name}_line", order.order_line)
    for name, picking in (("done", done.picking_ids), ("ready", ready.picking_ids)):
        take(f"picking_{name}", picking)
        take(f"move_{name}", picking.move_ids)
        take(f"move_line_{name}", picking.move_line_ids)
    take("stock_reference", done.stock_reference_ids)
    quants = env["stock.quant"].search([("product_id", "=", goods.id)])
    take("quant_stock", quants.filtered(lambda quant: quant.location_id == location))
    take("quant_customer", quants.filtered(lambda quant: quant.location_id.usage == "customer"))


def _take_invoice(env, take, order, today):
    invoice = order._create_invoices()
    invoice.invoice_date = today - timedelta(days=10)
    invoice.action_post()
    wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
    payment = wizard.create({"payment_date": today - timedelta(days=2)})._create_payments()
    take("invoice", invoice)
    for kind in ("product", "tax", "payment_term"):
        take(f"invoice_{kind}", invoice.line_ids.filtered(lambda line, kind=kind: line.display_type == kind))
    take("payment", payment)
    take("payment_move", payment.move_id)
    receivable = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
    take("payment_receivable", receivable)
    take("payment_bank", payment.move_id.line_ids - receivable)
    take("partial", receivable.matched_debit_ids)
    take("full", receivable.full_reconcile_id)


def _take_message(env, take, lead):
    lead = lead.with_context(tracking_disable=False, mail_notrack=False)
    comment = lead.message_post(body="Specimen", message_type="comment", subtype_xmlid="mail.mt_comment")
    take("message", comment)
    move = lead.message_post(message_type="notification", subtype_xmlid="crm.mt_lead_stage")
    take("message_stage", move)
    stage = env["ir.model.fields"]._get("crm.lead", "stage_id")
    tracking = env["mail.tracking.value"].create(
        {
            "field_id": stage.id, "mail_message_id": move.id, "old_value_integer": 1, "new_value_integer": 2,
            "old_value_char": "Old", "new_value_char": "New",
        }
    )  # fmt: skip
    take("tracking", tracking)


def _take_plans(env, take, lead, today):
    activity = lead.activity_schedule("mail.mail_activity_data_call", date_deadline=today, user_id=lead.user_id.id)
    take("activity", activity)
    event = env["calendar.event"].create(
        {
            "name": "Specimen", "start": f"{today} 09:00:00", "stop": f"{today} 10:00:00", "opportunity_id": lead.id,
            "partner_ids": [(6, 0, lead.user_id.partner_id.ids)], "user_id": lead.user_id.id,
        }
    )  # fmt: skip
    take("meeting", event)
    take("attendee", event.attendee_ids)
