"""Opening the 360-degree screen of the largest customer, and the stock form with its messages."""

from functools import partial

from ..operation import Side, operation
from .timeline import find_customer, find_customer_and_form, read_form


@operation(
    "overview",
    unit="opening the 360-degree screen of the largest customer, as a salesperson",
    needs=("crm.event",),
    most_times=0.2,
)
def make_for_salesperson():
    return _make("boris")


@operation(
    "overview_invoicing",
    unit="the same as somebody who sees what the customer owes",
    needs=("crm.event",),
    most_times=0.2,
)
def make_for_invoicing():
    return _make("maria")


def _make(login):
    return (
        Side(_read_screen, partial(find_customer, login=login), loops=5),
        Side(read_form, partial(find_customer_and_form, login=login), loops=3, elsewhere=True),
    )


def _read_screen(partner):
    """Everything that the browser asks for: the overview and the first page of the history."""
    return partner.get_customer_overview(), partner.get_customer_timeline()
