"""What marketing works with: mailings of the past with their answers, plans with money, segments, a journey, a form."""

from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tools import SQL

# Campaign, subject, days ago, one in so many customers gets it.
MAILINGS = (
    ("Spring fair", "Come and see us at the spring fair", 230, 2),
    ("Autumn offer", "Ten per cent on everything made of oak", 75, 2),
    ("Welcome back", "We have not seen you for a while", 40, 3),
)
# Campaign, state, began and ends so many days from today, budget, spent, leads and revenue that it is to bring.
PLANS = (
    ("Spring fair", "done", -260, -200, 6000, 5720, 40, 30_000),
    ("Autumn offer", "running", -80, 20, 2500, 1900, 30, 35_000),
    ("Welcome back", "running", -45, 45, 800, 310, 25, 30_000),
    ("Black Friday", "running", -20, 10, 3000, 2450, 35, 50_000),
    ("Product launch", "planned", 20, 80, 9000, 0, 60, 90_000),
)
OPENED, CLICKED, ANSWERED, BOUNCED = 0.42, 0.14, 0.03, 0.02
RIVALS = (
    ("Cheaper", "Delivers late"),
    ("Known to the customer for years", "No service of his own"),
    ("Shows everything in his own shop", "Nothing made to measure"),
)
TARIFFS = (("email", 0.002), ("sms", 0.07), ("post", 1.2), ("phone", 4.5))
ANSWERS = """
    UPDATE mailing_trace SET trace_status = answer.status, sent_datetime = answer.sent,
           open_datetime = answer.opened, links_click_datetime = answer.clicked, reply_datetime = answer.replied,
           create_date = answer.sent, write_date = COALESCE(answer.replied, answer.clicked, answer.opened, answer.sent)
      FROM (SELECT * FROM unnest(%s::int[], %s::varchar[], %s::timestamp[], %s::timestamp[], %s::timestamp[],
                                 %s::timestamp[])) answer(id, status, sent, opened, clicked, replied)
     WHERE answer.id = mailing_trace.id
"""
CLICKS = """
    INSERT INTO link_tracker_click (link_id, campaign_id, mass_mailing_id, mailing_trace_id, create_date, write_date)
    SELECT %s, campaign_id, mass_mailing_id, id, links_click_datetime, links_click_datetime FROM mailing_trace
     WHERE mass_mailing_id = %s AND links_click_datetime IS NOT NULL
"""


def make_mailings(env, today, rng):
    """Mailings that have left, and what their recipients did; the back-fill brings it into the event log."""
    customers = env["res.partner"].search(
        [("customer_rank", ">", 0), ("parent_id", "=", False), ("email", "!=", False)], order="id"
    )
    for name, subject, days, part in MAILINGS:
        campaign = env["utm.campaign"].search([("name", "=", name)])
        mailing = env["mailing.mailing"].create(
            {
                "subject": subject,
                "campaign_id": campaign.id,
                "mailing_model_id": env["ir.model"]._get_id("res.partner"),
                "body_arch": "<p>Good day, there is news.</p>",
                "body_html": "<p>Good day, there is news.</p>",
            }
        )
        chosen = rng.sample(customers, len(customers) // part)
        traces = env["mailing.trace"].create(
            [
                # Not on its way: it would count for the limits of today.
                {
                    "mass_mailing_id": mailing.id, "model": "res.partner", "res_id": customer.id,
                    "email": customer.email_normalized, "trace_status": "cancel",
                }
                for customer in chosen
            ]
        )  # fmt: skip
        sent = datetime.combine(today - timedelta(days=days), datetime.min.time()) + timedelta(hours=8)
        env.flush_all()
        rows = [(trace.id, *_answer(sent, rng)) for trace in traces]
        env.cr.execute(SQL(ANSWERS, *map(list, zip(*rows, strict=True))))
        link = env["link.tracker"].search_or_create(
            [{"url": f"https://company.example/{campaign.id}", "campaign_id": campaign.id, "title": name}]
        )
        env.cr.execute(SQL(CLICKS, link.id, mailing.id))
        env.invalidate_all()
        mailing.write({"state": "done", "sent_date": sent})


def _answer(sent, rng):
    """Status of a message, and when it left, was opened, clicked and answered."""
    if rng.random() < BOUNCED:
        return "bounce", sent, None, None, None
    # Who clicks has opened it, who answers has done both.
    share, hours = rng.random(), rng.expovariate(1 / 20)
    opened = sent + timedelta(hours=hours) if share < OPENED else None
    clicked = sent + timedelta(hours=hours + 0.05) if share < CLICKED else None
    replied = sent + timedelta(hours=hours + 1) if share < ANSWERED else None
    return "reply" if replied else "open" if opened else "sent", sent, opened, clicked, replied


def furnish_marketing(env, today, rng):
    """Nobody who looks around in the demo opens an empty screen."""
    manager = env["res.users"].search([("login", "=", "maria")])
    env["crm.message.tariff"].create([{"channel": channel, "price": price} for channel, price in TARIFFS])
    env["crm.pressure.rule"].create({"channel": "email", "most": 2, "days": 7})
    segments = _make_segments(env, manager)
    _plan_campaigns(env, today, manager, segments)
    journey = _make_journey(env, manager, segments[0])
    env["crm.landing.form"].create(
        {
            "name": "Visit our showroom",
            "code": "showroom",
            "intro": "<p>Sit on it before you buy it. We call you and find a day.</p>",
            "thanks": "<p>Thank you, we call you today or tomorrow.</p>",
            "campaign_id": env["utm.campaign"].search([("name", "=", "Autumn offer")]).id,
            "journey_id": journey.id,
            "purpose_id": env.ref("crm_frontoffice.consent_purpose_news").id,
            "field_ids": [Command.create({"kind": "phone", "name": "Phone", "is_required": True})],
        }
    )
    _name_rivals(env, rng)
    customer = env["res.partner"].search([("customer_rank", ">", 0), ("parent_id", "=", False)], limit=1)
    env["crm.hold"].create(
        {"partner_id": customer.id, "level": "warn", "reason": "New owner: the credit limit is being looked at"}
    )


def _make_segments(env, manager):
    purchase = {"kind": "purchase", "measure": "amount", "value": 3000, "days": 365}
    quiet = {"kind": "purchase", "measure": "last", "comparison": "least", "value": 180}
    answer = {"kind": "answer", "answer": "clicked", "days": 90}
    chosen = (
        ("Buyers of the year", [purchase]),
        ("Quiet for half a year", [quiet]),
        ("Clicked lately", [answer]),
    )
    segments = env["crm.segment"].create(
        [
            {"name": name, "user_id": manager.id, "condition_ids": [Command.create(values) for values in conditions]}
            for name, conditions in chosen
        ]
    )
    segments.action_refresh()
    return segments


def _plan_campaigns(env, today, manager, segments):
    for number, (name, state, begin, end, budget, spent, leads, revenue) in enumerate(PLANS):
        start = today + timedelta(days=begin)
        env["utm.campaign"].search([("name", "=", name)]).write(
            {
                "plan_state": state,
                "user_id": manager.id,
                "date_start": start,
                "date_end": today + timedelta(days=end),
                "segment_ids": segments[number % len(segments)].ids,
                "budget_ids": [
                    Command.create({"channel": channel, "month": start.replace(day=1), "amount": budget * share})
                    for channel, share in (("event", 0.6), ("ads", 0.3), ("email", 0.1))
                ],
                "cost_ids": [
                    Command.create({"name": "Agency", "channel": "ads", "date": start, "amount": spent})
                    for _once in range(bool(spent))
                ],
                "target_ids": [
                    Command.create({"measure": measure, "planned": planned})
                    for measure, planned in (("leads", leads), ("revenue", revenue))
                ],
            }
        )


def _make_journey(env, manager, segment):
    """Some buyers get a call, and after a day to think the good ones another; nothing leaves by mail."""
    journey = env["crm.journey"].create({"name": "After the first order", "user_id": manager.id})
    version = journey.draft_id

    def put(kind, after, way, **values):
        step = env["crm.journey.step"].browse(version.insert_step(kind, after, way))
        step.write(values)
        return step.id

    call = put("activity", False, "next", name="Call", summary="Is everything as it was ordered?")
    wait = put("wait", call, "next", name="A day to think", wait_kind="time", wait_number=1, wait_unit="days")
    branch = put("branch", wait, "next", name="Good customer?", condition_kind="segment", segment_id=segment.id)
    put("activity", branch, "next", name="Visit", summary="Show the new collection")
    put("exit", branch, "other", name="That is all")
    journey.action_start()
    journey.enrol(segment.member_ids.partner_id[:12].ids)
    return journey


def _name_rivals(env, rng):
    """Who else wants the deals, and who got some of those that were lost."""
    companies = env["res.partner"].create(
        [{"name": name, "is_company": True} for name in ("Möbel Krüger GmbH", "Office Direct", "Chairs & Co")]
    )
    deals = env["crm.lead"].search([("won_status", "=", "pending")], limit=18)
    lost = env["crm.lead"].with_context(active_test=False).search([("won_status", "=", "lost")], limit=6)
    rows = []
    for deal in deals | lost:
        number = rng.randrange(len(companies))
        strengths, weaknesses = RIVALS[number]
        rows.append(
            {
                "lead_id": deal.id, "partner_id": companies[number].id, "strengths": strengths,
                "weaknesses": weaknesses,
            }
        )  # fmt: skip
    env["crm.lead.competitor"].create(rows)
    for deal in lost:
        deal.lost_to_id = deal.competitor_ids[:1].partner_id
