"""crm_lead with tags, followers, stage moves in the chatter, and what people wrote."""

import math
from datetime import timedelta

from .. import names
from .customers import sanitized

TABLES = ("crm_lead", "crm_tag_rel", "mail_message", "mail_tracking_value", "mail_followers")

DEAL_COLUMNS = """
    id int, name text, partner_id int, contact_name text, partner_name text, function text, email text, phone text,
    phone_sanitized text, street text, city text, zip text, country text, lang text, user_id int, user_partner_id int,
    team_id int, stage_id int, source_id int, medium_id int, campaign_id int, created timestamp, revenue numeric,
    status text, closed timestamp, last_moved timestamp, deadline date, lost_reason_id int, priority text, tag_id int
"""
POST_COLUMNS = "id int, at timestamp, kind text, author_id int, email text"
MOVE_COLUMNS = POST_COLUMNS + ", deal_id int, old_stage int, new_stage int"
# What nobody in the company knows, kept beside its data for those who judge forecasts; no addon reads it.
TRUTH_TABLE = "company_truth"
TRUTH_COLUMNS = "lead_id int PRIMARY KEY, chance float8, pace float8"
MESSAGE_COLUMNS = POST_COLUMNS + ", body text, incoming bool, model text, res_id int"

# What the three kinds of deals share; the specimens differ in the rest.
VALUES = {
    "id": "g.id", "name": "g.name", "partner_id": "g.partner_id", "contact_name": "g.contact_name",
    "partner_name": "g.partner_name", "function": "g.function", "email_from": "g.email",
    "email_normalized": "lower(g.email)", "email_domain_criterion": "'@' || split_part(lower(g.email), '@', 2)",
    "phone": "g.phone", "phone_sanitized": "g.phone_sanitized", "street": "g.street", "city": "g.city", "zip": "g.zip",
    "country_id": "g.country_id", "lang_id": "g.lang_id", "user_id": "g.user_id", "team_id": "g.team_id",
    "stage_id": "g.stage_id", "source_id": "g.source_id", "medium_id": "g.medium_id", "campaign_id": "g.campaign_id",
    "create_date": "g.created", "write_date": "g.last_moved", "create_uid": "g.user_id", "write_uid": "g.user_id",
    "date_open": "g.created", "date_last_stage_update": "g.last_moved", "date_closed": "g.closed",
    "date_deadline": "g.deadline", "lost_reason_id": "g.lost_reason_id", "priority": "g.priority",
    "expected_revenue": "g.revenue", "day_open": "0",
    "day_close": "floor(extract(epoch FROM g.closed - g.created) / 86400)",
    "prorated_revenue": "round(g.revenue * COALESCE(t.probability, 0)::numeric / 100, 2)",
}  # fmt: skip


def write(writer, story, context):
    writer.stage("g_deal", DEAL_COLUMNS, (_deal(deal, context) for deal in story.deals))
    # The chatter sorts by id, so ids have to follow the dates.
    posts = sorted([*_moves(story), *_messages(story, context)], key=lambda post: post[0])
    moves, messages = [], []
    for number, (at, kind, *rest) in enumerate(posts, start=writer.next_id("mail_message")):
        (messages if kind == "message" else moves).append((number, at, kind, *rest))
    writer.stage("g_move", MOVE_COLUMNS, moves)
    writer.stage("g_message", MESSAGE_COLUMNS, messages)
    with writer.bulk(TABLES):
        for status in ("pending", "won", "lost"):
            _write_deals(writer, status)
        writer.link("crm_tag_rel", "lead_id, tag_id", "SELECT id, tag_id FROM g_deal WHERE tag_id IS NOT NULL")
        _write_followers(writer, context)
        _write_messages(writer, context)
    _write_truth(writer, story)
    writer.advance("crm_lead", "mail_message", "mail_tracking_value", "mail_followers")


def _deal(deal, context):
    contact, customer = deal.contact, deal.customer or context.owner_of[deal.contact.id]
    is_company = contact is customer and customer.is_company
    return (
        deal.id, deal.name, contact.id if deal.customer else None, None if is_company else contact.name,
        customer.name if customer.is_company else None,
        None if contact is customer else contact.function, contact.email, contact.phone, sanitized(contact.phone),
        customer.street, customer.city, customer.zip, customer.country.code,
        "ru_RU" if customer.country.cyrillic else "en_US", deal.seller.user_id, deal.seller.partner_id,
        context.master.teams[deal.seller.team], context.master.stages[deal.stage],
        context.master.sources[deal.source], context.master.mediums[deal.source],
        None if deal.campaign is None else context.master.campaigns[deal.campaign], deal.created,
        f"{deal.revenue:.2f}",
        deal.status, deal.closed, deal.last_moved, deal.deadline,
        None if deal.lost_reason is None else context.master.lost_reasons[deal.lost_reason], deal.priority,
        None if deal.tag is None else context.master.tags[deal.tag],
    )  # fmt: skip


def _write_truth(writer, story):
    """The chance that each deal was drawn with, and the pace of its salesperson; see `truth.py`."""
    writer.stage("g_truth", TRUTH_COLUMNS, ((deal.id, deal.chance, deal.seller.pace) for deal in story.deals))
    writer.keep_table("g_truth", TRUTH_TABLE)


def _write_deals(writer, status):
    source = f"""(SELECT d.*, c.id AS country_id, l.id AS lang_id FROM g_deal d
                    JOIN res_country c ON c.code = d.country JOIN res_lang l ON l.code = d.lang
                   WHERE d.status = '{status}')"""
    values = dict(VALUES)
    if "stage_status" in writer.columns_of("crm_lead"):  # what the front office keeps of the stage
        values["stage_status"] = "(SELECT status FROM crm_stage WHERE id = g.stage_id)"
    writer.clone("crm_lead", f"deal_{status}", source, **values)


def _write_followers(writer, context):
    first = writer.next_id("mail_followers")
    writer.clone(
        "mail_followers", "follower", "g_deal", id=f"g.id - {context.first_ids['crm_lead']} + {first}",
        res_id="g.id", partner_id="g.user_partner_id",
    )  # fmt: skip
    writer.link(
        "mail_followers_mail_message_subtype_rel", "mail_followers_id, mail_message_subtype_id",
        f"""SELECT f.id, s.id FROM mail_followers f
              JOIN mail_message_subtype s ON s."default" AND (s.res_model IS NULL OR s.res_model = 'crm.lead')
             WHERE f.id >= {first}""",
    )  # fmt: skip


def _moves(story):
    """One message for each stage that was entered, and one for a loss."""
    for deal in story.deals:
        author = (deal.seller.partner_id, deal.seller.email)
        for (old, _), (new, at) in zip(deal.moves, deal.moves[1:], strict=False):
            kind = "won" if deal.status == "won" and at is deal.moves[-1][1] else "stage"
            yield (at, kind, *author, deal.id, old, new)
        if deal.status == "lost":
            yield (deal.closed, "lost", *author, deal.id, deal.stage, deal.stage)


def _messages(story, context):
    """Notes of salespeople and mails of customers while a deal is open.

    Both come at a rate of their own, not so many a deal: else a deal with many of them would be one that ends soon.
    """
    rng, now, behaviour = context.stream("messages"), story.clock.now, story.behaviour
    # Half of them from each side; a month for each message that a deal of usual length has.
    daily = context.size.messages_per_deal / sum(behaviour.stage_days) / 2
    usual = math.exp(behaviour.answers_interest**2 / 2)
    for deal in story.deals:
        customer = deal.customer or context.owner_of[deal.contact.id]
        wanted = daily * math.exp(behaviour.answers_interest * deal.interest) / usual
        for incoming, rate in ((False, daily), (True, wanted)):
            for at in _arrivals(deal.created, deal.closed or now, rate, rng):
                yield (*_message(deal.contact, deal.seller, at, rng, customer, incoming), "crm.lead", deal.id)
    giant = story.giant
    for _ in range(context.size.giant_messages):
        at = giant.created + rng.random() * (now - giant.created)
        incoming = rng.random() < 0.5
        yield (*_message(giant.buyer(rng), giant.seller, at, rng, giant, incoming), "res.partner", giant.id)


def _arrivals(since, until, rate, rng):
    """Moments of a Poisson process.

    :param rate: a day
    """
    at = since + timedelta(days=rng.expovariate(rate))
    while at < until:
        yield at
        at += timedelta(days=rng.expovariate(rate))


def _message(contact, seller, at, rng, customer, incoming):
    cyrillic = customer.country.cyrillic
    author = (contact.id, contact.email) if incoming else (seller.partner_id, seller.email)
    if incoming:
        texts = names.MESSAGES_CYRILLIC if cyrillic else names.MESSAGES
    else:
        texts = names.ANSWERS_CYRILLIC if cyrillic else names.ANSWERS
    return at.replace(microsecond=0), "message", *author, rng.choice(texts), "t" if incoming else "f"


def _write_messages(writer, context):
    subtypes = context.subtypes
    kind = f"CASE g.kind WHEN 'won' THEN {subtypes['won']} WHEN 'lost' THEN {subtypes['lost']} ELSE t.subtype_id END"
    common = {
        "id": "g.id", "date": "g.at", "create_date": "g.at", "write_date": "g.at", "author_id": "g.author_id",
        "email_from": "g.email", "reply_to": "g.email", "parent_id": "NULL",
        "message_id": "'<company-' || g.id || '@northwind.example>'",
    }  # fmt: skip
    writer.clone("mail_message", "message_stage", "g_move", res_id="g.deal_id", subtype_id=kind, **common)
    writer.clone(
        "mail_message", "message", "g_message", model="g.model", res_id="g.res_id", body="'<p>' || g.body || '</p>'",
        message_type="CASE WHEN g.incoming THEN 'email' ELSE t.message_type END", **common,
    )  # fmt: skip
    stages = context.stage_names
    source = f"""(SELECT m.*, old.id AS old_id, old.name AS old_name, new.id AS new_id, new.name AS new_name
                    FROM g_move m JOIN ({stages}) old ON old.number = m.old_stage
                    JOIN ({stages}) new ON new.number = m.new_stage WHERE m.kind != 'lost')"""
    first = writer.next_id("mail_tracking_value")
    writer.clone(
        "mail_tracking_value", "tracking", source, id=f"{first} + row_number() OVER (ORDER BY g.id)",
        mail_message_id="g.id", old_value_integer="g.old_id", new_value_integer="g.new_id",
        old_value_char="g.old_name", new_value_char="g.new_name", create_date="g.at", write_date="g.at",
    )  # fmt: skip
