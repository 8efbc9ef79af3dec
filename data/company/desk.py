"""What the service desk works with: skills and hours of its agents, articles, canned answers, details of topics."""

SKILLS = ("Furniture", "Electric desks", "Invoices")
CAPACITY = 25
ARTICLES = (
    ("How to change the height of a desk", "product", "public",
     "<p>Hold the arrow for three seconds. If the motor does not move, unplug the desk, wait for ten seconds and plug"
     " it in again: it finds its zero height by itself.</p>"),
    ("What to do when a parcel arrives damaged", "delivery", "public",
     "<p>Take a picture of the parcel and of what is broken, and send both with your order number within seven days."
     " We send the part at once; you need not send anything back.</p>"),
    ("How long spare parts are sent without charge", "product", "customer",
     "<p>Two years from the day of delivery. Tell us the serial number, it stands on the label below the seat.</p>"),
    ("How to change the address of an invoice", "invoice", "customer",
     "<p>Answer to the invoice with the new address. Until it is paid we replace it, afterwards we write a credit note"
     " and a new one.</p>"),
    ("When money is returned without asking", "invoice", "staff",
     "<p>Up to 50 without a question. Above that, ask the team leader; note the cause in the complaint.</p>"),
)  # fmt: skip
CANNED = (
    (
        "thanks",
        "Dear {customer},\nthank you for writing to us about “{subject}”. Your request has the number {number}.",
    ),
    ("picture", "Dear {customer},\nplease send us a picture of the damage, then we can go on with {number}.\n{agent}"),
    ("shipped", "Dear {customer},\nthe replacement is on its way; it should be with you within three days.\n{agent}"),
)
DETAILS = (
    {"name": "serial", "string": "Serial number", "type": "char"},
    {"name": "bought", "string": "Bought on", "type": "date"},
    {
        "name": "colour",
        "string": "Colour",
        "type": "selection",
        "selection": [["oak", "Oak"], ["white", "White"], ["black", "Black"]],
    },
)


def furnish_desk(env):
    """Nobody who looks around in the demo opens an empty screen."""
    skills = env["service.skill"].create([{"name": name} for name in SKILLS])
    agents = env["res.users"].search([("login", "in", ("sven", "olga"))])
    calendar = env.company.resource_calendar_id
    for number, agent in enumerate(agents):
        env["service.agent"].create(
            {"user_id": agent.id, "capacity": CAPACITY, "skill_ids": skills[number : number + 2].ids}
        )
        env["resource.resource"].create({"name": agent.name, "user_id": agent.id, "calendar_id": calendar.id})
    env["service.team"].search([]).write({"calendar_id": calendar.id, "has_public_form": True})
    env["service.article"].create(
        [
            {
                "name": name,
                "audience": audience,
                "body": body,
                "is_published": True,
                "category_id": env.ref(f"crm_service_desk.category_{topic}").id,
            }
            for name, topic, audience, body in ARTICLES
        ]
    )
    shared = env.ref("base.group_user").ids
    env["mail.canned.response"].create(
        [{"source": source, "substitution": text, "group_ids": shared} for source, text in CANNED]
    )
    env.ref("crm_service_desk.category_product").properties_definition = [*DETAILS]
