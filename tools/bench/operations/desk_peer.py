"""The same desk by OCA's `helpdesk_mgmt` with `helpdesk_mgmt_sla`, as far as they have it.

Their two policies are what ours promise: an answer, which is a move to "In Progress", and a solution, which is a move
to "Done" and stands still in "Awaiting".
"""

from odoo.fields import Command

from .common import as_user
from .desk_ours import BATCH, OPEN, SHOWN, TEXT, WORD, create_tickets, read_board, specify
from .many import multiply, multiply_parts

STAGE = "helpdesk_mgmt.helpdesk_ticket_stage_"
LIST = (
    *("priority", "sequence", "number", "name", "partner_name", "user_id", "unattended", "closed", "tag_ids"),
    *("create_date", "last_stage_update", "stage_id"),
)
CARD = (
    *("number", "active", "name", "partner_name", "user_id", "user_ids", "team_id", "sequence", "color", "stage_id"),
    *("priority", "assigned_date", "category_id", "partner_id", "tag_ids"),
)


def fill(env):
    """Fifty thousand tickets with two promises each, a fifth of them open, and the customers of the next ones."""
    _prepare_desk(env)
    partners = env["res.partner"].search([("email", "!=", False)], limit=BATCH)
    model = create(env, partners, 1)
    done = env.ref(f"{STAGE}done").id
    multiply(
        env,
        "helpdesk_ticket",
        model.id,
        SHOWN,
        name="'Ticket ' || n",
        number="'X' || n",
        description=TEXT,
        user_id=str(as_user(env, "sven").uid),
        access_token="NULL",
        priority="(n % 4)::text",
        create_date="now() - LEAST(n, 4320) * interval '1 minute'",
        stage_id=f"CASE WHEN n > {OPEN} THEN {done} ELSE source.stage_id END",
        unattended=f"n <= {OPEN}",
        closed_date=f"CASE WHEN n > {OPEN} THEN now() END",
    )
    multiply_parts(
        env,
        "helpdesk_ticket_sla",
        "ticket_id",
        "helpdesk_ticket",
        model.id,
        last_state_date="owner.create_date",
        state="CASE WHEN owner.closed_date IS NULL THEN 'in_progress' ELSE 'accomplished' END",
    )
    env.invalidate_all()
    return env, partners


def _prepare_desk(env):
    sven = as_user(env, "sven").user
    sven.group_ids += env.ref("helpdesk_mgmt.group_helpdesk_user")
    team = env["helpdesk.ticket.team"].create(
        {
            "name": "Support",
            "use_sla": True,
            "resource_calendar_id": env.company.resource_calendar_id.id,
            "user_ids": [Command.link(sven.id)],
        }
    )
    waiting = [Command.link(env.ref(f"{STAGE}awaiting").id)]
    env["helpdesk.sla"].create(
        [
            {"name": "Answer", "team_ids": team.ids, "stage_id": env.ref(f"{STAGE}in_progress").id, "hours": 4},
            {
                "name": "Solution",
                "team_ids": team.ids,
                "stage_id": env.ref(f"{STAGE}done").id,
                "hours": 16,
                "ignore_stage_ids": waiting,
            },
        ]
    )


def create(env, partners, count):
    team = env["helpdesk.ticket.team"].search([], limit=1)
    return create_tickets(env["helpdesk.ticket"], team, partners, count)


def find_open(env, count):
    return env["helpdesk.ticket"].search([("closed_date", "=", False)], limit=count, order="id")


def move(tickets):
    for name in ("awaiting", "in_progress"):
        tickets.stage_id = tickets.env.ref(f"{STAGE}{name}")
        tickets.env.flush_all()


def open_list(tickets):
    """Their list opens with all tickets, ended ones too: this is it with the filter that it has for open ones."""
    return _read(tickets, [("closed", "=", False)])


def search(tickets):
    """Their search has no field for texts: this is what somebody adds as a filter of his own."""
    return _read(tickets, [("description", "ilike", WORD)])


def open_board(tickets):
    return read_board(tickets, [("closed", "=", False)], CARD)


def _read(tickets, domain):
    return tickets.web_search_read(domain, specify(tickets, LIST), limit=80, count_limit=10_001)
