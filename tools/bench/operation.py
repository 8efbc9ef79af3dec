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
    """

    run: Callable
    prepare: Callable
    units: int = 1
    loops: int = 1


@dataclass
class Operation:
    """Two sides of the same thing, and a check that both did it.

    :param unit: what one run does, in words
    :param compare: takes both results, raises when they do not say the same
    """

    name: str
    unit: str
    needs: tuple
    ours: Side
    stock: Side
    compare: Callable | None = None
    most_repeats: int = 50


def operation(name, *, unit, needs=(), **options):
    """Register the function that returns the two sides of an operation.

    :param needs: models that must be installed
    """

    def register(make):
        REGISTERED[name] = lambda: Operation(name, unit, needs, *make(), **options)
        return make

    return register
