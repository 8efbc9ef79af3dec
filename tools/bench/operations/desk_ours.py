"""The service desk with fifty thousand tickets, for the operations of `tickets`."""

from odoo.fields import Domain

from .common import as_user
from .many import multiply, multiply_parts

BATCH = 200
SHOWN = 50_000
# The youngest are open; they came in within the last three days, the others before.
OPEN = 10_000
WORD = "b52340b4de45"  # one ticket has it in its text: the beginning of the MD5 sum of 4711
TEXT = "'<p>It smokes, says ' || md5(n::text) || '</p>'"
LIST = (
    *("priority", "number", "name", "partner_id", "stage_id", "category", "date_deadline", "sla_state", "user_id"),
    *("team_id", "channel", "company_id"),
)
CARD = (
    *("number", "name", "sla_state", "sla_label", "is_sla_late", "category"),
    *("commercial_partner_id", "priority", "user_id"),
)


def fill(env):
    """Fifty thousand tickets with two promises each, a fifth of them open, and the customers of the next ones."""
    partners = env["res.partner"].search([("email", "!=", False)], limit=BATCH)
    model = create(env, partners, 1)
    age = "LEAST(n, 4320) * interval '1 minute'"
    multiply(
        env,
        "service_ticket",
        model.id,
        SHOWN,
        name="'Ticket ' || n",
        number="'X' || n",
        description=TEXT,
        user_id=str(as_user(env, "sven").uid),
        access_token="NULL",
        priority="(n % 4)::text",
        date_opened=f"now() - {age}",
        create_date="now() - n * interval '1 minute'",
        date_closed=f"CASE WHEN n > {OPEN} THEN now() END",
        sla_state=f"CASE WHEN n > {OPEN} THEN 'met' ELSE 'running' END",
    )
    multiply_parts(
        env,
        "service_sla_status",
        "ticket_id",
        "service_ticket",
        model.id,
        date_start="owner.date_opened",
        date_reached="owner.date_closed",
        state="owner.sla_state",
    )
    multiply_parts(env, "service_ticket_phase", "ticket_id", "service_ticket", model.id, date_start="owner.date_opened")
    env.invalidate_all()
    return env, partners


def create(env, partners, count):
    team = env["service.team"].search([], limit=1)
    return create_tickets(env["service.ticket"], team, partners, count)


def create_tickets(tickets, team, partners, count):
    """Tickets of either desk by the ORM, in batches, as an import makes them: both name these fields alike."""
    created = tickets
    for start in range(0, count, BATCH):
        created += tickets.create(
            [
                {
                    "name": f"Ticket {number}",
                    "description": "<p>It smokes.</p>",
                    "partner_id": partners[number % len(partners)].id,
                    "team_id": team.id,
                }
                for number in range(start, min(start + BATCH, count))
            ]
        )
        tickets.env.flush_all()
    return created


def find_open(env, count=OPEN):
    env["service.ticket"].flush_model()
    return env["service.ticket"].search([("date_closed", "=", False)], limit=count, order="id")


def settle(env):
    """What the cron does until no clock is stale and no broken promise untold."""
    Ticket, Status = env["service.ticket"], env["service.sla.status"]
    for find in (Ticket._sla_find_stale, Status._find_missed):
        while found := find():
            found._sla_settle()
            env.flush_all()


def search(tickets):
    return _read(tickets, [("text_search", "ilike", WORD)], LIST)


def open_list(tickets):
    return _read(tickets, [("date_closed", "=", False)], LIST)


def open_board(tickets):
    return read_board(tickets, Domain("date_closed", "=", False), CARD)


def _read(tickets, domain, columns):
    return tickets.web_search_read(domain, specify(tickets, columns), limit=80, count_limit=10_001)


def read_board(tickets, domain, columns):
    return tickets.web_read_group(
        domain,
        ["stage_id"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=specify(tickets, columns),
        unfold_read_default_limit=40,
    )


def specify(tickets, columns):
    """What a view asks for."""
    relational = ("many2one", "many2many", "one2many")
    return {
        name: {"fields": {"display_name": {}}} if tickets._fields[name].type in relational else {} for name in columns
    }
