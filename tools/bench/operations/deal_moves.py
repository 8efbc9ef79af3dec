"""Moving 200 deals into a stage that demands something, and the same into a stock stage that demands nothing."""

from ..operation import Side, operation
from .common import as_user

DEALS = 200


@operation("deal_moves", unit="one of 200 deals moved through a gate", needs=("crm.stage.gate",), most_times=0.5)
def make():
    return Side(_move, _prepare_gated, units=DEALS), Side(_move, _prepare, units=DEALS, elsewhere=True)


def _prepare_gated(env):
    deals, stage = _prepare(env)
    revenue = env["ir.model.fields"]._get("crm.lead", "expected_revenue")
    env["crm.stage.gate"].create({"stage_id": stage.id, "kind": "field", "field_id": revenue.id})
    return deals, stage


def _prepare(env):
    new, proposition = (env["crm.stage"].search([("name", "=", name)], limit=1) for name in ("New", "Proposition"))
    domain = [("stage_id", "=", new.id), ("expected_revenue", ">", 0), ("type", "=", "opportunity")]
    return as_user(env, "maria")["crm.lead"].search(domain, limit=DEALS, order="id"), proposition


def _move(prepared):
    deals, stage = prepared
    deals.write({"stage_id": stage.id})
    deals.env.cr.flush()  # what is told in the chatter is told when the transaction ends
