"""How sure it is that two profiles are the same customer: points for what agrees, minus points for what contradicts."""

from typing import NamedTuple

from .match_keys import Profile, is_same_phone
from .match_names import name_similarity

ROLE_SHARE = 0.5  # of the points of an e-mail address that several people read, such as info@
ALIKE = 0.6  # names below this similarity give no points
NAME_CONFLICT, TAX_CONFLICT, EMAIL_CONFLICT, ADDRESS_CONFLICT, KIND_CONFLICT = -60, -100, -10, -10, -20
MOST = 100


class Weights(NamedTuple):
    """The points that full agreement gives."""

    email: int = 55
    phone: int = 40
    tax: int = 70
    name: int = 50
    address: int = 25


class Criterion(NamedTuple):
    """A rule, ready to compare many pairs.

    :param scope: "all", "company" or "person"
    :param partner_ids: the customers it is about; None for all
    """

    action: str
    threshold: int
    scope: str
    weights: Weights
    partner_ids: frozenset | None = None

    def compare(self, first: Profile, second: Profile, second_id):
        """Points and what gave them; None when the rule does not apply or the points are too few."""
        if self.partner_ids is not None and second_id not in self.partner_ids:
            return None
        if self.scope != "all" and first.is_company is not None and first.is_company != (self.scope == "company"):
            return None
        points, told = score(first, second, self.weights)
        return (points, told) if points >= self.threshold else None


def score(first: Profile, second: Profile, weights=Weights()):  # noqa: B008 - immutable
    """Compare two profiles.

    :return: points from 0 to 100, and a dict of what gave how many of them

    >>> from .match_keys import make_profile
    >>> anna = make_profile("Анна Каренина", "anna@acme.example", "+7 926 123-45-67")
    >>> score(anna, make_profile("Karenina Anna", "", "8 926 1234567"))
    (90, {'name': 50, 'phone': 40})

    A household or an office shares its phone and its address; that alone makes nobody a duplicate.

    >>> score(make_profile("Emma Smith", phone="212 555 0100"), make_profile("Liam Smith", phone="212 555 0100"))
    (0, {'name': -60, 'phone': 40})
    """
    points = {
        "name": _compare_names(first, second, weights.name),
        "email": _compare_emails(first, second, weights.email),
        "phone": weights.phone if is_same_phone(first.phone, second.phone) else 0,
        "tax": _compare_tax(first, second, weights.tax),
        "address": _compare_addresses(first.address, second.address, weights.address),
    }
    if first.is_company is not None and second.is_company is not None and first.is_company != second.is_company:
        points["kind"] = KIND_CONFLICT
    told = {kind: value for kind, value in points.items() if value}
    return max(0, min(MOST, sum(told.values()))), told


def _compare_names(first, second, weight):
    if not first.name or not second.name:
        return 0
    alike, worst = name_similarity(first.name, second.name)
    if alike < ALIKE or worst < 0.5:
        return NAME_CONFLICT
    return round(weight * (alike - ALIKE) / (1 - ALIKE))


def _compare_emails(first, second, weight):
    if not first.email or not second.email:
        return 0
    if first.email == second.email:
        return round(weight * ROLE_SHARE) if first.is_role_email else weight
    return EMAIL_CONFLICT


def _compare_tax(first, second, weight):
    if not first.tax or not second.tax:
        return 0
    return weight if first.tax == second.tax else TAX_CONFLICT


def _compare_addresses(first, second, weight):
    if not first or not second:
        return 0
    if first.place == second.place and first.house == second.house:
        return weight if first.words & second.words else 0
    return ADDRESS_CONFLICT if first.place != second.place else 0
