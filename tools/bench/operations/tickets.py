"""The service desk: creating, moving and promising, and opening its screens among fifty thousand tickets.

Stock Odoo has no tickets. The bar of creation is what OCA's `helpdesk_mgmt` with `helpdesk_mgmt_sla` took for the same
on the same machine, 14 ms of CPU for a ticket with two promises, by the factor that was set.
"""

from odoo.tools import SQL

from ..operation import Side, operation
from .common import as_user

NEEDS = ("service.ticket",)
BATCH = 200
TICKETS = 1_000
REFRESHED = 2_000
SHOWN = 50_000
WORD = "b52340b4de45"  # one ticket has it in its text: the beginning of the MD5 sum of 4711
TIMES = 20  # a screen is opened so often in a sample: the clock of PostgreSQL's processes is coarse
LIST = (
    *("priority", "number", "name", "partner_id", "stage_id", "category", "date_deadline", "sla_state", "user_id"),
    *("team_id", "channel", "company_id"),
)
CARD = (
    *("number", "name", "sla_state", "sla_label", "is_sla_late", "category"),
    *("commercial_partner_id", "priority", "user_id"),
)


@operation("tickets_create", unit="a ticket with two promises, in batches of 200", needs=NEEDS, most_cpu=0.0055)
def make_create():
    return (Side(lambda prepared: create(*prepared, TICKETS), find_customers, units=TICKETS),)


@operation("tickets_move", unit="moving a ticket to waiting and back", needs=NEEDS, most_cpu=0.003)
def make_move():
    return (Side(move, prepare_tickets, units=TICKETS),)


@operation("tickets_deadlines", unit="computing a deadline", needs=NEEDS, most_cpu=0.0001)
def make_deadlines():
    return (Side(lambda rows: rows._set_deadlines(), prepare_rows, units=2 * TICKETS),)


@operation("tickets_policy", unit="an open ticket after its policy changed", needs=NEEDS, most_cpu=0.0005)
def make_policy():
    return (Side(settle, prepare_stale, units=REFRESHED),)


@operation("tickets_list", unit="the first page of open tickets, as an agent", needs=NEEDS, most_cpu=0.05)
def make_list():
    return _make_screen(lambda tickets: _search(tickets, [("date_closed", "=", False)], LIST))


@operation("tickets_board", unit="the board of open tickets, as an agent", needs=NEEDS, most_cpu=0.09)
def make_board():
    return _make_screen(_open_board)


@operation("tickets_search", unit="looking for a word that a customer wrote, as an agent", needs=NEEDS, most_cpu=0.03)
def make_search():
    return _make_screen(lambda tickets: _search(tickets, [("text_search", "ilike", WORD)], LIST))


# ---- tickets through the ORM


def find_customers(env):
    partners = env["res.partner"].search([("email", "!=", False)], limit=BATCH)
    # Creation pays for the numbers, the policy and the stages once per server.
    create(env, partners, 1)
    env.flush_all()
    return env, partners


def create(env, partners, count):
    Ticket, team = env["service.ticket"], env["service.team"].search([], limit=1)
    created = Ticket
    for start in range(0, count, BATCH):
        created += Ticket.create(
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
        env.flush_all()
    return created


def prepare_tickets(env):
    return create(*find_customers(env), TICKETS)


def move(tickets):
    for category in ("waiting_customer", "open"):
        tickets._move_to(category)
        tickets.env.flush_all()


def prepare_rows(env):
    # Rows that are read together, although the cache is emptied before the run.
    return env["service.sla.status"].browse(prepare_tickets(env).sla_status_ids.ids)


def prepare_stale(env):
    tickets = create(*find_customers(env), REFRESHED)
    for target in tickets.sla_status_ids.policy_id.target_ids:
        target.solution_minutes += 7
    return tickets


def settle(tickets):
    Ticket = tickets.env["service.ticket"]
    while found := Ticket._sla_find_stale():
        found._sla_settle()
        found.env.flush_all()


# ---- screens


def _make_screen(read):
    def run(tickets):
        for _time in range(TIMES):
            tickets.env.invalidate_all()
            read(tickets)

    return (Side(run, prepare_many, units=TIMES),)


def prepare_many(env):
    """Fifty thousand tickets, a fifth of them open, written by one statement."""
    [model] = prepare_template(env)
    env.execute_query(
        SQL(
            """INSERT INTO service_ticket (name, number, description, partner_id, commercial_partner_id, company_id,
                      team_id, user_id, stage_id, category, priority, channel, date_opened, create_date, date_closed,
                      date_deadline, sla_state)
               SELECT 'Ticket ' || n, 'X' || n, '<p>It smokes, says ' || md5(n::text) || '</p>', source.partner_id,
                      source.commercial_partner_id, source.company_id, source.team_id, %s, source.stage_id,
                      source.category, (n %% 4)::text, 'email', now() - n * interval '1 minute',
                      now() - n * interval '1 minute', CASE WHEN n %% 5 > 0 THEN now() END,
                      now() + n * interval '1 minute', 'running'
                 FROM service_ticket source, generate_series(1, %s) n
                WHERE source.id = %s""",
            as_user(env, "sven").uid,
            SHOWN,
            model.id,
        )
    )
    env.cr.execute("ANALYZE service_ticket")
    return as_user(env, "sven")["service.ticket"]


def prepare_template(env):
    return create(*find_customers(env), 1)


def _search(tickets, domain, fields):
    return tickets.web_search_read(domain, _specify(tickets, fields), limit=80, count_limit=10_001)


def _open_board(tickets):
    return tickets.web_read_group(
        [("date_closed", "=", False)],
        ["stage_id"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=_specify(tickets, CARD),
        unfold_read_default_limit=40,
    )


def _specify(tickets, fields):
    return {
        name: {"fields": {"display_name": {}}} if tickets._fields[name].type == "many2one" else {} for name in fields
    }
