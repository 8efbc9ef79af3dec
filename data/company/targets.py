"""What the running and the next quarter are to bring, and what has been promised for the running one."""

from odoo import fields

AMBITION = 1.1  # of what is expected
COMMIT, BEST = 0.85, 1.2


def make_targets(env, rng):
    """Targets a little above the forecast; salespeople commit themselves, and their leader trusts one of them less."""
    lines = env["crm.sales.forecast.line"].search(
        [
            ("is_latest", "=", True),
            ("kind", "=", "forecast"),
            ("span", "=", "quarter"),
            ("level", "in", ("company", "team", "user")),
            ("amount", ">", 0),
        ],
        order="id",
    )
    today = fields.Date.context_today(lines)
    known = lines.filtered(lambda line: line.level == "company" or line.team_id or line.user_id)
    env["crm.sales.target"].create(
        [
            {
                "date": day,
                "team_id": line.team_id.id if line.level == "team" else False,
                "user_id": line.user_id.id if line.level == "user" else False,
                "amount": max(round(AMBITION * line.amount, -3), 1000),
            }
            for line in known
            for day in (today, fields.Date.add(today, months=3))
        ]
    )
    own = [line for line in known if line.level == "user" and not line.user_id.share]
    for line in own:
        _submit(env, line.user_id, line, COMMIT * rng.uniform(0.9, 1.1))
    leader = env["res.users"].search([("login", "=", "maria")])
    if own and leader:
        doubted = max(own, key=lambda line: line.amount)
        _submit(env, leader, doubted, 0.7 * COMMIT, note="One large deal is shaky")


def _submit(env, author, line, share, **values):
    env["crm.sales.submission"].with_user(author).create(
        {
            "user_id": line.user_id.id,
            "amount_commit": round(share * line.amount, -2),
            "amount_best": round(BEST * line.amount, -2),
            **values,
        }
    )
