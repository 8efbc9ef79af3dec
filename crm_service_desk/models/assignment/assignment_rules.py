"""Who gets a ticket, and why; plain Python, no ORM.

>>> anna = Candidate(1, "Anna", load=4, capacity=5)
>>> bert = Candidate(2, "Bert", load=1, capacity=1)
>>> cleo = Candidate(3, "Cleo", load=2, skills=frozenset({"printers"}))
>>> choice = choose([anna, bert, cleo], "load", frozenset())
>>> choice.candidate.name, choice.reason, choice.refused
('Cleo', 'load', [('Bert', 'full')])
>>> choose([anna, bert], "load", frozenset({"printers"})).candidate is None
True
"""

from dataclasses import dataclass, field
from datetime import datetime

LONG_AGO = datetime.fromisoformat("1970-01-01 00:00:00")


@dataclass
class Candidate:
    """A member of a team.

    :param load: open tickets in his hands
    :param capacity: the most he can take; 0 for as many as come
    :param date_last: when he was last given a ticket
    """

    key: int
    name: str
    load: int = 0
    capacity: int = 0
    skills: frozenset = frozenset()
    date_last: datetime = LONG_AGO
    is_away: bool = False
    is_off: bool = False

    def refuse(self, skills):
        """Why he cannot take a ticket that asks for skills, or None if he can."""
        if self.is_away:
            return "away"
        if self.is_off:
            return "off"
        if self.capacity and self.load >= self.capacity:
            return "full"
        return None if skills <= self.skills else "skills"


@dataclass
class Choice:
    candidate: Candidate | None
    reason: str
    refused: list = field(default_factory=list)


def choose(candidates, method, skills):
    """The candidate for a ticket: of those who can take it, the next in turn or the one with the least in hand.

    :param method: "round_robin" or "load"

    In turn means: who has waited longest for a ticket.

    >>> old, new = datetime(2026, 1, 1), datetime(2026, 1, 2)
    >>> anna, bert = Candidate(1, "Anna", load=0, date_last=new), Candidate(2, "Bert", load=9, date_last=old)
    >>> choose([anna, bert], "round_robin", frozenset()).candidate.name
    'Bert'

    With the same load, too:

    >>> bert.load = 0
    >>> choose([anna, bert], "load", frozenset()).candidate.name
    'Bert'
    """
    reasons = [(candidate, candidate.refuse(skills)) for candidate in candidates]
    able = [candidate for candidate, reason in reasons if reason is None]
    refused = [(candidate.name, reason) for candidate, reason in reasons if reason]
    if not able:
        return Choice(None, "nobody", refused)
    if method == "load":
        able.sort(key=lambda candidate: (candidate.load, candidate.date_last, candidate.key))
    else:
        able.sort(key=lambda candidate: (candidate.date_last, candidate.key))
    return Choice(able[0], method, refused)
