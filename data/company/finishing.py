"""What follows the rows: counters, the portal login, Odoo's and the CRM's own derived data, statistics."""

from random import Random

from odoo.sql_db import db_connect
from odoo.tools import split_every

from .contacts import make_contacts, make_relations
from .desk import furnish_desk
from .marketing import furnish_marketing, make_mailings
from .masterdata import make_portal_user
from .targets import make_targets
from .tickets import make_tickets
from .twins import make_twin
from .wishes import make_wishes
from .writer import set_triggers

CUSTOMERS = 5_000  # whose revenue is divided in one transaction
SMALL = 1_000  # companies among the customers of a demo; larger ones are for measuring
TWINS = 14  # customers of a small company that come in a second time


def connect(env, context, story):
    """Let Odoo's counters go on after the generated documents, and let one contact log in to the portal."""
    _continue_sequence(env, "sale.order", context.next_order_number + len(story.orders))
    warehouse = env["stock.warehouse"].search([("company_id", "=", context.company_id)], limit=1)
    warehouse.out_type_id.sequence_id.number_next_actual = len(context.documents.pickings) + 1
    start = str(story.clock.first_day)
    env["ir.config_parameter"].set_param("crm.pls_start_date", start)
    buyers = [order.contact for order in reversed(story.invoices) if order.contact is not order.customer]
    make_portal_user(env, env["res.partner"].browse(buyers[0].id))


def _continue_sequence(env, code, number):
    sequence = env["ir.sequence"].search([("code", "=", code), ("company_id", "in", (env.company.id, False))], limit=1)
    sequence.number_next_actual = number


def finish(env, size, today, step):
    """Make what the CRM derives from documents, as far as it is installed; each part in a transaction of its own."""
    parts = [("Texts to search by", _fill_texts, "crm.text.search.mixin")]
    parts += [("Scores of the open deals", _score_deals, "crm.lead")]
    parts += [("Deal history", _begin_history, "crm.lead.move")]
    parts += [("Service desk", furnish_desk, "service.article")]
    parts += [("Tickets", lambda env: make_tickets(env, size.tickets, today, Random(7)), "service.ticket")]
    parts += [("Promised times", lambda env: env["service.sla.status"]._cron_watch(), "service.sla.status")]
    small = size.companies <= SMALL
    if small:
        parts += [("Mailings", lambda env: make_mailings(env, today, Random(12)), "mailing.trace")]
    # The rules come first: what the back-fill finds is past, and no rule answers it.
    parts += [("Event rules", _let_rules_work, "crm.event.rule")]
    parts += [("Contacts logged", lambda env: make_contacts(env, size.calls, today, Random(8)), "crm.interaction")]
    parts += [("Relations", lambda env: make_relations(env, Random(9)), "crm.partner.relation")]
    parts += [("Event log", lambda env: env["crm.event.backfill"]._run(), "crm.event.backfill")]
    parts += [("Moves of the deals", lambda env: env["crm.lead.move"]._begin_all(), "crm.lead.move")]
    parts += [("Roles", lambda env: env["crm.partner.role"]._cron_learn(), "crm.partner.role")]
    parts += [("Duplicates", lambda env: _find_duplicates(env, size), "crm.match.key")]
    parts += [("What customers allow", lambda env: make_wishes(env, Random(11)), "crm.consent")]
    if small:
        parts += [("Campaigns", lambda env: furnish_marketing(env, today, Random(13)), "crm.journey")]
    parts += [("Facts", lambda env: env["crm.fact.table"].search([])._rebuild(), "crm.fact.table")]
    parts += [("Revenue by touch", _divide_revenue, "crm.attribution")]
    parts += [("Forecast", _forecast, "crm.forecast.run")]
    if small:
        parts += [("Targets", lambda env: make_targets(env, Random(14)), "crm.sales.target")]
    # Set-based work on new tables without statistics would be planned for empty ones.
    env.cr.execute("ANALYZE")
    for title, make, model in parts:
        if model in env:
            with step(title):
                make(env)
                env.cr.commit()


def _fill_texts(env):
    """The triggers that keep them rested while the rows were written."""
    for name in ("res.partner", "crm.lead"):
        env[name]._get_text_table().fill(env)


def _begin_history(env):
    """The moves of the deals, as an installation finds them in the chatter."""
    set_triggers(env.cr, fire=False, scope="SESSION")
    env["crm.lead.move"]._begin_all()
    set_triggers(env.cr, fire=True, scope="SESSION")


def _divide_revenue(env):
    """All customers at once; the events of the log need not be gone through one after another."""
    env.cr.execute("SELECT DISTINCT commercial_partner_id FROM account_move WHERE move_type LIKE 'out_%'")
    for customers in split_every(CUSTOMERS, [row[0] for row in env.cr.fetchall() if row[0]]):
        env["crm.attribution"]._refresh(customers)
        env.cr.commit()
    env.cr.execute("SELECT transaction, id FROM crm_event ORDER BY transaction DESC, id DESC LIMIT 1")
    [(transaction, last_id)] = env.cr.fetchall() or [(0, 0)]
    env["crm.event.cursor"]._get("attribution").write({"transaction": transaction, "last_id": last_id})


def _forecast(env):
    """The jobs that a schedule would put into the queue, here and now."""
    env["crm.forecast.run"].create({"company_id": env.company.id})._run()
    env["crm.sales.forecast"].create({"company_id": env.company.id})._run()
    env["crm.score.run"].create({})._run()


def _find_duplicates(env, size):
    """Keys for all customers; in a small company some come in a second time, and the queue is filled."""
    while env["crm.match.key"]._index_next():
        env.cr.commit()
    if size.companies > SMALL:
        # The scheduled search has no hurry with what is not new.
        env.cr.execute("UPDATE crm_match_key SET is_new = false")
        return
    rng = Random(11)
    known = env["res.partner"].search([("customer_rank", ">", 0), ("parent_id", "=", False)], order="id")
    for partner in rng.sample(known, min(TWINS, len(known))):
        row = {name: partner[name] or "" for name in ("name", "email", "phone", "vat", "street", "zip", "city")}
        twin = make_twin({**row, "is_company": partner.is_company}, rng)
        env["res.partner"].create({**twin, "country_id": partner.country_id.id, "user_id": partner.user_id.id})
    while env["crm.match.candidate"]._search_next():
        env.cr.commit()


def _let_rules_work(env):
    """Switch the ready-made rule for overdue invoices on, and let it answer what is overdue today."""
    env.ref("crm_frontoffice.event_rule_invoice_overdue").active = True
    env["crm.event.scan"]._scan_overdue_invoices()
    env["crm.event.firing"]._process_pending()


def _score_deals(env):
    """Odoo's own predictive scores; its job leaves the revenue that depends on them as it was."""
    # The facts are made anew below: noting every changed score for them would take longer than the scores.
    set_triggers(env.cr, fire=False, scope="SESSION")
    env["crm.lead"]._cron_update_automated_probabilities()
    env.cr.execute(
        """UPDATE crm_lead SET prorated_revenue = round((COALESCE(expected_revenue, 0) * probability / 100)::numeric, 2)
            WHERE won_status = 'pending'"""
    )
    set_triggers(env.cr, fire=True, scope="SESSION")
    env.invalidate_all(flush=False)


def vacuum(database):
    """Statistics and visibility as in a database that has lived for a while."""
    with db_connect(database).cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute("VACUUM (ANALYZE)")
