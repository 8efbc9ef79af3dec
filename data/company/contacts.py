"""Calls and visits that salespeople have logged, and how some customers stand to each other."""

from datetime import datetime, time, timedelta

PAST_DAYS = 240
BATCH = 100
# Kind of contact: how often, minutes on average, what it was about.
KINDS = (
    (
        "call",
        60,
        8,
        ("Asked for the delivery date", "Wants a discount on chairs", "Offer discussed", "Billing question"),
    ),
    ("messenger", 15, 0, ("Sent a photo of the room", "Asked whether oak is in stock")),
    ("visit", 15, 60, ("Measured the new office", "Showed the collection", "Annual review")),
    ("meeting", 10, 45, ("Budget for next year", "Presented the offer")),
)
# Result of a call by its code, and how often.
RESULTS = (("reached", 45), ("interested", 15), ("call_back", 10), ("no_answer", 20), ("voicemail", 10))


def make_contacts(env, count, today, rng):
    """Contacts with customers of the last months, by whoever looks after them."""
    partners = env["res.partner"].search(
        [("user_id", "!=", False), ("phone", "!=", False)], limit=10 * count, order="id"
    )
    results = {result.code: result.id for result in env["crm.interaction.result"].search([("code", "!=", False)])}
    values = [_draw_contact(rng.choice(partners), results, today, rng) for _number in range(count)]
    for start in range(0, count, BATCH):
        env["crm.interaction"].create(values[start : start + BATCH])


def _draw_contact(partner, results, today, rng):
    kind, _weight, minutes, topics = rng.choices(KINDS, [kind[1] for kind in KINDS])[0]
    result = rng.choices(RESULTS, [result[1] for result in RESULTS])[0][0] if kind == "call" else "reached"
    day = today - timedelta(days=1 + int(PAST_DAYS * rng.random() ** 2))
    # Most people are reached in the morning.
    hour = rng.choices(range(8, 18), (3, 6, 8, 7, 3, 3, 4, 4, 3, 2))[0]
    return {
        "kind": kind,
        "direction": rng.choice(("out", "out", "in")),
        "partner_id": partner.id,
        "user_id": partner.user_id.id,
        "date": datetime.combine(day, time(hour, rng.randrange(0, 60, 5))),
        "duration": round(minutes * (0.4 + 1.2 * rng.random())) if result not in ("no_answer", "voicemail") else 0,
        "result_id": results[result],
        "summary": rng.choice(topics),
    }


def make_relations(env, rng):
    """A few groups of companies, referrals and decision makers."""
    companies = env["res.partner"].search([("is_company", "=", True), ("customer_rank", ">", 0)], limit=60, order="id")
    kinds = {kind.code: kind.id for kind in env["crm.relation.type"].search([("code", "!=", False)])}
    pairs = {}
    for company in companies:
        other = rng.choice(companies)
        if other != company:
            pairs[company.id, kinds[rng.choice(("referred_by", "referred_by", "subsidiary_of"))], other.id] = company
        if company.child_ids:
            pairs[company.child_ids[0].id, kinds["decision_maker_at"], company.id] = company
    env["crm.partner.relation"].create(
        [{"first_partner_id": first, "type_id": kind, "second_partner_id": second} for first, kind, second in pairs]
    )
