"""The pivot of revenue by month, team and product category, as the web client asks for it."""

from functools import partial

from ..operation import Side, operation
from .common import as_user


def _compare(ours, stock):
    """Both pivots have the same cells with the same sums."""
    for our_set, stock_set in zip(ours, stock, strict=True):
        if our_set.keys() != stock_set.keys():
            raise ValueError(f"{len(our_set.keys() ^ stock_set.keys())} cells are in one pivot only.")
        for cell, amount in our_set.items():
            if abs(amount - stock_set[cell]) > 0.01:
                raise ValueError(f"{cell}: {amount} against {stock_set[cell]}")


@operation("revenue_pivot", unit="one pivot", needs=("crm.fact.invoice.month",), compare=_compare)
def make():
    ours = partial(_read, date="date:month", category="product_categ_id", amount="amount:sum", domain=[])
    stock = partial(
        _read,
        date="invoice_date:month",
        category="product_categ_id",
        amount="price_subtotal:sum",
        domain=[("state", "not in", ("draft", "cancel")), ("move_type", "in", ("out_invoice", "out_refund"))],
    )
    return (
        Side(ours, lambda env: as_user(env, "maria")["crm.fact.invoice.month"]),
        Side(stock, lambda env: as_user(env, "maria")["account.invoice.report"]),
    )


def _read(model, date, category, amount, domain):
    grouping_sets = [[], [date], ["team_id"], ["team_id", date], ["team_id", category], ["team_id", category, date]]
    answer = model.formatted_read_grouping_sets(domain, grouping_sets, [amount])
    return [
        {tuple(_key(group[name]) for name in names): group[amount] for group in groups}
        for names, groups in zip(grouping_sets, answer, strict=True)
    ]


def _key(value):
    """The id of a record or the first day of a month: labels may differ."""
    return value[0] if isinstance(value, (list, tuple)) else value
