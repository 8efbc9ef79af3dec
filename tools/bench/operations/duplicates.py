"""Which of 10,000 incoming rows are known customers: the search by keys, and Odoo's partner search row by row.

The incoming rows are made from the customers themselves by `data/company/twins.py`, half of them; the others are
strangers and lookalikes. The benchmark fails when fewer than 95 per cent of the duplicates are found, or when more than
2 per cent of what is proposed is wrong. The generated company takes its phone numbers from the small ranges that are
reserved for fiction, so that by accident there are customers with the same name and the same phone number; for every
purpose they are the same, and count so.
"""

import random
import sys

from odoo.fields import Domain

from tools.dev.paths import ROOT

from ..operation import Side, operation
from .common import as_user

ROWS, CALL, STOCK_ROWS = 10_000, 1_000, 200
LEAST_FOUND, MOST_FALSE = 0.95, 0.02
COLUMNS = ("name", "email", "phone", "vat", "street", "zip", "city")


@operation(
    "duplicates",
    unit="one incoming row",
    needs=("crm.match.key",),
    compare=lambda ours, _stock: check(*ours),
    most_repeats=2,
)
def make():
    return Side(_find, _prepare, units=ROWS), Side(_search, _prepare, units=STOCK_ROWS)


def _prepare(env):
    """The rows, and for each the id of the customer that it stands for; of all customers name and phone number."""
    if str(ROOT / "data") not in sys.path:
        sys.path.append(str(ROOT / "data"))
    from company import twins

    rng = random.Random(7)
    domain = [("email", "!=", False), ("type", "=", "contact"), ("partner_share", "=", True)]
    ids = env["res.partner"].search(domain, order="id").ids
    known = env["res.partner"].browse(rng.sample(ids, ROWS // 2 + ROWS // 4))
    rows, truths = [], []
    for number, row in enumerate(known.read([*COLUMNS, "is_company"])):
        values = {name: row[name] or "" for name in COLUMNS} | {"is_company": row["is_company"]}
        is_twin = number < ROWS // 2
        rows.append(twins.make_twin(values, rng) if is_twin else twins.make_lookalike(values, rng))
        truths.append(row["id"] if is_twin else None)
    while len(rows) < ROWS:
        rows.append(twins.make_stranger(rng))
        truths.append(None)
    env.cr.execute("SELECT id, lower(name), phone FROM res_partner")
    facts = {partner_id: tuple(found) for partner_id, *found in env.cr.fetchall()}
    return as_user(env, "maria"), rows, truths, facts


def _find(prepared):
    env, rows, truths, facts = prepared
    answers = []
    for start in range(0, len(rows), CALL):
        answers += env["res.partner"].find_duplicates(rows[start : start + CALL])
    return truths, answers, facts


def check(truths, answers, facts):
    """Count what was found and what is false; raises when it is not good enough."""
    expected = sum(truth is not None for truth in truths)
    found = proposed = wrong = 0
    for truth, matches in zip(truths, answers, strict=True):
        ids = [match["id"] for match in matches]
        proposed += len(ids)
        found += truth in ids
        wrong += sum(partner_id != truth and facts[partner_id] != facts.get(truth) for partner_id in ids)
    told = f"found {found / expected:.1%} of {expected}, false {wrong / max(proposed, 1):.1%} of {proposed}"
    print(f"  duplicates: {told}")
    if found < LEAST_FOUND * expected or wrong > MOST_FALSE * proposed:
        raise ValueError(told)


def _search(prepared):
    """What an import does without us: e-mail, phone or name, one search per row."""
    env, rows, _truths, _facts = prepared
    for row in rows[:STOCK_ROWS]:
        wanted = [Domain(name, "=ilike", row[name].strip()) for name in ("email", "phone", "name") if row.get(name)]
        env["res.partner"].search(Domain.OR(wanted), limit=5)
