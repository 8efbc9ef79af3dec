"""Tickets through the ORM, in batches that happen on past days: promised times are then computed as they were."""

from datetime import datetime, timedelta

from freezegun import freeze_time

SUBJECTS = (
    "Chair arrived damaged", "Wrong colour delivered", "Invoice shows the old address", "Desk motor does not move",
    "When will the rest come?", "Please send the assembly manual",
)  # fmt: skip
SUBJECTS_CYRILLIC = (
    "Кресло пришло с царапиной", "Привезли не тот цвет", "В счёте старый адрес", "Стол не поднимается",
    "Когда приедет остальное?", "Нужна инструкция по сборке",
)  # fmt: skip
TEXTS = (
    "One leg is broken, and the box was open on one side.", "We ordered oak and got white.",
    "We moved in spring; please send it once more to the new address.", "It stopped half way and does not move since.",
    "Four of six came on Monday.", "The leaf with the drawings was not in the box.",
)  # fmt: skip
TEXTS_CYRILLIC = (
    "Сломана одна ножка, коробка была вскрыта сбоку.", "Заказывали дуб, привезли белый.",
    "Весной мы переехали, пришлите счёт ещё раз на новый адрес.", "Остановился на полпути и больше не двигается.",
    "В понедельник привезли четыре из шести.", "Листа с чертежами в коробке не было.",
)  # fmt: skip
# Stages of tickets that an agent works on, as often as they come up.
TAKEN_UP = ("open", "open", "waiting_customer", "waiting_third_party", "new")
# More than so many are not worth the minutes that the ORM takes.
MOST = 400
DAYS = 60


def make_tickets(env, wanted, today, rng):
    """Tickets of the last two months by customers who have bought; older ones are solved, most of them in time."""
    wanted = min(wanted, MOST)
    env.cr.execute(
        "SELECT partner_id FROM account_move WHERE move_type = 'out_invoice' ORDER BY id DESC LIMIT %s", [wanted * 4]
    )
    partners = env["res.partner"].browse(sorted({partner_id for (partner_id,) in env.cr.fetchall()}))
    agents = _staff_desk(env)
    chosen = rng.choices(partners, k=wanted)
    # Whoever looks into the portal of the demo finds an old request and a new one.
    login = env["res.users"].search([("login", "=", "portal")], limit=1)
    if login and wanted:
        chosen[0] = chosen[-1] = login.partner_id
    days = sorted((rng.randrange(1, DAYS) for _ in range(wanted)), reverse=True)
    for day in dict.fromkeys(days):
        opened = datetime.combine(today - timedelta(days=day), datetime.min.time()) + timedelta(
            hours=rng.randrange(8, 15)
        )
        with freeze_time(opened):
            count = days.count(day)
            tickets = _open(env, chosen[:count], agents, opened, rng)
            chosen = chosen[count:]
        _solve(env, tickets, opened, day, rng)
    return wanted


def _staff_desk(env):
    """The agents of the service desk; Olga leads them."""
    agents = env["res.users"].search([("login", "in", ("sven", "olga"))])
    leader = agents.filtered(lambda user: user.login == "olga")
    env["service.team"].search([]).write({"member_ids": [(6, 0, agents.ids)], "user_id": leader.id})
    return agents


def _open(env, partners, agents, opened, rng):
    types = env["service.ticket.type"].search([])
    topics = env["service.category"].search([])
    kinds = [rng.randrange(len(SUBJECTS)) for _partner in partners]
    values = [
        {
            "type_id": types[number % len(types)].id,
            "category_id": topics[number % len(topics)].id,
            "name": (SUBJECTS_CYRILLIC if partner.lang == "ru_RU" else SUBJECTS)[kind],
            "description": f"<p>{(TEXTS_CYRILLIC if partner.lang == 'ru_RU' else TEXTS)[kind]}</p>",
            "partner_id": partner.id,
            "priority": rng.choice("0112"),
            "channel": rng.choice(("email", "phone", "portal")),
            "user_id": rng.choice(agents).id if agents and rng.random() < 0.8 else False,
            "date_opened": opened,
        }
        for number, (partner, kind) in enumerate(zip(partners, kinds, strict=True), opened.day)
    ]
    tickets = (
        env["service.ticket"].with_context(mail_create_nosubscribe=True, mail_notify_force_send=False).create(values)
    )
    env.flush_all()
    return tickets


def _solve(env, tickets, opened, day, rng):
    """What came in more than three days ago has an answer; a fifth of it is still worked on."""
    solved = tickets.filtered(lambda ticket: day > 3 and rng.random() < 0.8)
    stage = env["service.stage"].search([("category", "=", "solved")], limit=1)
    if solved and stage:
        with freeze_time(opened + timedelta(hours=rng.choice((2, 5, 20, 30, 70)))):
            solved.write({"stage_id": stage.id})
            env.flush_all()
    _take_up(env, (tickets - solved).filtered("user_id"), opened, rng)


def _take_up(env, tickets, opened, rng):
    """Most of what has an agent is in his hands, or waits for somebody."""
    stages = [env["service.stage"].search([("category", "=", name)], limit=1) for name in TAKEN_UP]
    for ticket in tickets:
        with freeze_time(opened + timedelta(minutes=rng.randrange(10, 90))):
            ticket.stage_id = rng.choice(stages)
            env.flush_all()
