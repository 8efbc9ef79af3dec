"""What the harness measures."""

from collections.abc import Callable
from dataclasses import dataclass

REGISTERED = {}


@dataclass
class Side:
    """One way of doing it.

    :param run: what is measured; takes what `prepare` returned
    :param prepare: what must be there before, not measured; takes an environment of superuser
    :param units: how many things one run does, for figures per thing
    :param loops: how often one sample repeats the run: the clock of PostgreSQL's processes ticks every 10 ms only
    :param elsewhere: run it in the database that has the same company and none of our addons; or, by name, in one that
        has the addons of somebody else instead, see `tools.dev.peers`
    """

    run: Callable
    prepare: Callable
    units: int = 1
    loops: int = 1
    elsewhere: bool | str = False


@dataclass
class Figure:
    """How good a result is, and what is demanded of it; `peer` is what the other way comes to."""

    name: str
    value: float
    bar: str
    kept: bool
    peer: float | None = None

    def __str__(self):
        peer = "" if self.peer is None else f", the peer {self.peer:.4g}"
        return f"{self.name} {self.value:.4g}{peer}; {self.bar}: {'kept' if self.kept else 'MISSED'}"


@dataclass
class Operation:
    """Two sides of the same thing, or one that stock Odoo has not, and what it may cost.

    :param unit: what one run does, in words
    :param compare: takes both results, raises when they do not say the same
    :param most_cpu: seconds of CPU that a unit of ours may cost
    :param most_queries: how many statements a unit of ours may take
    :param most_times: how many times the CPU of stock Odoo ours may cost
    :param most_postgres_times: the same for the database alone
    :param warm_up: whether a first round goes before those that count
    :param quality: takes the results of both sides, returns its figures, see `Figure`
    :param against: what the other side is called
    """

    name: str
    unit: str
    needs: tuple
    ours: Side
    stock: Side | None = None
    compare: Callable | None = None
    most_repeats: int = 50
    most_cpu: float | None = None
    most_queries: float | None = None
    most_times: float | None = None
    most_postgres_times: float | None = None
    warm_up: bool = True
    quality: Callable | None = None
    against: str = "stock"

    @property
    def sides(self):
        return {"ours": self.ours, self.against: self.stock} if self.stock else {"ours": self.ours}


def operation(name, *, unit, needs=(), **options):
    """Register the function that returns the sides of an operation, ours first.

    :param needs: models that must be installed
    """

    def register(make):
        REGISTERED[name] = lambda: Operation(name, unit, needs, *make(), **options)
        return make

    return register
