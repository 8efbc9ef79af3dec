"""What people of the sample company allow, when they were born, and how they are reached."""

from datetime import timedelta

PEOPLE = 300  # of whom something personal is known
SOURCES = ("form", "paper", "call", "portal")
FAMILY = ("single", "partnership", "married", "divorced", "widowed")
TALKS = (("sms_out", "sms_in", 0.8), ("call_out", "call_in", 0.4), ("message_out", "message_in", 0.3))


def make_wishes(env, random):
    """Consents, facts and conversations of some contacts; the one with a login to the portal is among them."""
    bands = env["crm.income.band"].create(
        [
            {"amount_from": low, "amount_to": high}
            for low, high in ((0, 20000), (20000, 40000), (40000, 80000), (80000, 0))
        ]
    )
    login = env["res.users"].search([("login", "=", "portal")]).partner_id
    people = login | env["res.partner"].search(
        [("is_company", "=", False), ("email", "!=", False), ("partner_share", "=", True)], limit=PEOPLE
    )
    env["crm.consent"]._record([vals for person in people for vals in _decide(env, person, random)])
    for person in people:
        person.write(_live(bands, random))
    env["crm.event"]._append([vals for person in people for vals in _talk(env, person, random)])
    env["crm.contact.habit"]._learn(people)
    env["crm.payment.habit"]._cron_learn()


def _decide(env, person, random):
    for channel in ("email", "sms", "phone"):
        if random.random() < 0.5:
            yield {
                "partner_id": person.id,
                "channel": channel,
                "purpose_id": "news",
                "decision": random.choice(("given", "given", "withdrawn")),
                # Whoever is logged in needs no mail to confirm: the sample company writes to nobody.
                "source": "portal" if channel == "email" else random.choice(SOURCES),
                "date": env.cr.now() - timedelta(days=random.randrange(1, 700)),
            }


def _live(bands, random):
    return {
        "birth_day": random.randrange(1, 29),
        "birth_month": f"{random.randrange(1, 13):02}",
        "birth_year": random.choice((0, random.randrange(1950, 2003))),
        "family_status": random.choice(FAMILY),
        "income_band_id": random.choice(bands).id,
    }


def _talk(env, person, random):
    """Contacts over some weeks; each customer has a channel that he answers more than the others."""
    favourite = random.randrange(len(TALKS))
    for week in range(6):
        for index, (out, back, rate) in enumerate(TALKS):
            moment = env.cr.now() - timedelta(days=7 * week + index + 3, hours=random.randrange(4))
            yield {"code": out, "partner_id": person.id, "date": moment}
            if random.random() < (rate if index == favourite else 0.2):
                yield {"code": back, "partner_id": person.id, "date": moment + timedelta(hours=1)}
