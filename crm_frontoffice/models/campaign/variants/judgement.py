"""Which of several variants is the best, as far as anybody can know.

Of two subjects one was opened by 200 of 1000, the other by 260:

>>> first, second = share(1000, 200), share(1000, 260)
>>> judge([first, second], needed=800)
Judgement(state='won', best=1, against=0)

It is not asked before the planned number is reached, since who looks every day finds a winner by chance:

>>> judge([first, second], needed=1500).state
'waiting'

And no answer is an answer:

>>> judge([share(1000, 200), share(1000, 210)], needed=800).state
'inconclusive'

Of more than two the best has to beat each other one, with a confidence that grows with their number:

>>> judge([first, share(1000, 205), second], needed=800).state
'won'
>>> judge([first, share(1000, 255), second], needed=800)
Judgement(state='inconclusive', best=2, against=1)

Money is compared by its averages:

>>> judge([Group(1000, 20000.0, 2875000.0), Group(1000, 30000.0, 3375000.0)], needed=800, is_share=False).best
1
>>> judge([share(10, 5)], needed=5).state
'waiting'
"""

from typing import NamedTuple

from ..measure.proportions import CONFIDENCE, Group, compare, compare_means


class Judgement(NamedTuple):
    """`state` is won, inconclusive or waiting; the places of the `best` and of the one that comes nearest to it."""

    state: str
    best: int
    against: int | None


def share(count, hits):
    """How many of a number did it."""
    return Group(count, float(hits), float(hits))


def compare_groups(first, second, *, is_share, others=1):
    """What the second has over the first; the confidence is shared among as many comparisons (Bonferroni)."""
    confidence = 1 - (1 - CONFIDENCE) / others
    if is_share:
        return compare(first.total, first.count, second.total, second.count, confidence)
    return compare_means(first, second, confidence)


def judge(groups, needed, *, is_share=True):
    """The best of the groups, once each has as many as planned."""
    order = sorted(range(len(groups)), key=lambda place: (-groups[place].mean, place))
    best, *others = order
    nearest = others[0] if others else None
    if not others or min(group.count for group in groups) < needed:
        return Judgement("waiting", best, nearest)
    beaten = all(
        compare_groups(groups[other], groups[best], is_share=is_share, others=len(others)).verdict == "second"
        for other in others
    )
    return Judgement("won" if beaten else "inconclusive", best, nearest)


def describe(groups, judgement, *, is_share):
    """The advantage of the best over the next: a comparison, or None when there is nothing to compare with."""
    if judgement.against is None:
        return None
    others = max(len(groups) - 1, 1)
    return compare_groups(groups[judgement.against], groups[judgement.best], is_share=is_share, others=others)
