from collections import Counter, defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_match_rule import ACTIONS, SEVERITY
from .match_keys import Profile, hash_key, make_keys, make_profile

MOST_BEARERS = 50  # a key that more customers share, such as a switchboard's number, is not searched by
MOST_COMPARED = 10  # customers with whom one row is compared in full
# How much a shared key promises, to choose with whom to compare.
PROMISE = {"tax": 7, "email": 6, "name_phone": 5, "name_address": 4, "phone": 3, "name": 3}


class Subject(NamedTuple):
    """Somebody whose duplicates are looked for: a customer, or a row that is none yet."""

    profile: Profile
    partner_id: int | None = None
    parent_id: int | None = None


class Match(NamedTuple):
    """A customer that is probably the same; `action` is that of the strictest rule that says so."""

    partner_id: int
    name: str
    score: int
    reasons: dict
    action: str


class CrmMatchSearch(models.AbstractModel):
    """Finds the duplicates of many rows at once: by keys that they share, then by comparing profiles."""

    _name = "crm.match.search"
    _description = "Search for Duplicates"

    @api.model
    def _find(self, subjects):
        """The duplicates of each subject among the customers that the user may read, best first.

        The number of queries does not depend on the number of subjects.

        :param subjects: list of `Subject`
        :return: list of lists of `Match`, parallel to the subjects
        """
        chosen = self._choose(subjects)
        known = self._load({partner_id for ids in chosen for partner_id in ids})
        # sudo: rules hold for whoever saves a customer
        rules = self.env["crm.match.rule"].sudo()._get_all()
        partners = self.env["res.partner"].browse(known)
        criteria = [rule._prepare_criterion(partners) for rule in rules]
        decided = self._get_decided(subjects)
        return [
            self._compare(subject, [known[partner_id] for partner_id in ids if partner_id in known], criteria, decided)
            for subject, ids in zip(subjects, chosen, strict=True)
        ]

    @api.model
    def _choose(self, subjects):
        """For each subject the ids of the customers with whom it shares the most telling keys."""
        places, values, promises = [], [], []
        for place, subject in enumerate(subjects):
            for kind, text in make_keys(subject.profile):
                places.append(place)
                values.append(hash_key(kind, text))
                promises.append(PROMISE[kind])
        found = self.env.execute_query(
            SQL(
                """SELECT given.place, given.promise, bearers.ids
                     FROM unnest(%s::int[], %s::int8[], %s::int[]) AS given(place, value, promise)
                    CROSS JOIN LATERAL (
                          SELECT array_agg(partner_id) AS ids
                            FROM (SELECT partner_id FROM crm_match_key WHERE value = given.value LIMIT %s) few
                          ) bearers
                    WHERE cardinality(bearers.ids) <= %s""",
                places,
                values,
                promises,
                MOST_BEARERS + 1,
                MOST_BEARERS,
            )
        )
        counters = defaultdict(Counter)
        for place, promise, ids in found:
            counter = counters[place]
            for partner_id in ids:
                counter[partner_id] += promise
        return [
            [partner_id for partner_id, _promise in counters[place].most_common(MOST_COMPARED)]
            if place in counters
            else []
            for place in range(len(subjects))
        ]

    @api.model
    def _load(self, partner_ids):
        """The customers out of these that the user may read: dict of id to a tuple of `Subject` and name."""
        if not partner_ids:
            return {}
        partner = self.env["res.partner"]
        query = partner._search(Domain("id", "in", list(partner_ids)))
        names = ("id", "name", "email", "phone", "vat", "street", "zip", "city", "is_company", "parent_id")
        columns = [partner._field_to_sql(query.table, name, query) for name in names]
        rows = self.env.execute_query(query.select(*columns))
        return {row[0]: (Subject(make_profile(*row[1:9]), row[0], row[9]), row[1] or "") for row in rows}

    @api.model
    def _get_decided(self, subjects):
        """Pairs of which a reviewer said that they are no duplicates."""
        ids = [subject.partner_id for subject in subjects if subject.partner_id]
        return self.env["crm.match.candidate"]._get_known_pairs(ids, decided=True) if ids else frozenset()

    @api.model
    def _compare(self, subject, others, criteria, decided):
        matches = []
        for other, name in others:
            pair = tuple(sorted((subject.partner_id or 0, other.partner_id)))
            if pair in decided or self._are_related(subject, other):
                continue
            results = [
                (SEVERITY[criterion.action], *result)
                for criterion in criteria
                if (result := criterion.compare(subject.profile, other.profile, other.partner_id))
            ]
            if results:
                severity, points, reasons = max(results, key=lambda result: result[:2])
                matches.append(Match(other.partner_id, name, points, reasons, ACTIONS[severity][0]))
        return sorted(matches, key=lambda match: (-match.score, match.partner_id))

    @api.model
    def _are_related(self, subject, other):
        """The same record, or a contact and its company."""
        return bool(subject.partner_id and subject.partner_id in (other.partner_id, other.parent_id)) or (
            bool(subject.parent_id) and subject.parent_id == other.partner_id
        )
