"""Which policy holds for a ticket; plain Python, no ORM, so that thousands of tickets can be asked about at once.

>>> gold = PolicyRule(1, tiers=frozenset({7}))
>>> rest = PolicyRule(2, categories=frozenset({3}))
>>> gold.fits(Facts(tier=7)), gold.fits(Facts(tier=8)), gold.fits(Facts())
(True, False, False)

A topic stands for all below it:

>>> rest.fits(Facts(category_path="/3/9/")), rest.fits(Facts(category_path="/9/"))
(True, False)
"""

from dataclasses import dataclass, field

NONE = frozenset()


@dataclass(frozen=True)
class Facts:
    """What a policy looks at, as ids; 0 for nothing."""

    company: int = 0
    team: int = 0
    customer: int = 0
    tier: int = 0
    type: int = 0
    category_path: str = ""
    product_path: str = ""


@dataclass(frozen=True)
class PolicyRule:
    """The conditions of a policy, each empty for any, and what it promises."""

    key: int
    companies: frozenset = NONE
    teams: frozenset = NONE
    customers: frozenset = NONE
    tiers: frozenset = NONE
    types: frozenset = NONE
    categories: frozenset = NONE
    product_categories: frozenset = NONE
    minutes: dict = field(default_factory=dict, hash=False)
    third_party_counts: bool = False
    uses_customer_hours: bool = False
    calendar: int = 0
    levels: tuple = ()
    is_active: bool = True

    def fits(self, facts):
        return (
            (not self.companies or facts.company in self.companies)
            and (not self.teams or facts.team in self.teams)
            and (not self.customers or facts.customer in self.customers)
            and (not self.tiers or facts.tier in self.tiers)
            and (not self.types or facts.type in self.types)
            and (not self.categories or is_below(facts.category_path, self.categories))
            and (not self.product_categories or is_below(facts.product_path, self.product_categories))
        )

    @property
    def promises_cycles(self):
        """Whether anything is promised that comes up again and again."""
        return any({"next_answer", "update"} & promised.keys() for promised in self.minutes.values())


def is_below(path, wanted):
    """Whether one of the wanted is on the path from the root to something.

    >>> is_below("/1/12/", {12}), is_below("/1/12/", {2}), is_below("", {2})
    (True, False, False)
    """
    return any(int(step) in wanted for step in path.split("/") if step)


NO_RULE = PolicyRule(0, is_active=False)
