from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DuplicateCase


@tagged("post_install", "-at_install")
class TestCandidates(DuplicateCase):
    """Pairs wait for a reviewer, in groups; what he decided is remembered."""

    def _twin(self, **values):
        return self.env["res.partner"].create({"name": "Karenina Anna", "phone": "8 926 1234567", **values})

    def test_three_of_a_kind_make_one_group_named_after_the_oldest(self):
        twins = self._twin() + self._twin(name="Каренина Анна")
        self._search_all()
        self.assertEqual(self._pairs(self.karenina), twins)
        candidates = self.env["crm.match.candidate"].search([("partner_a_id", "in", (self.karenina + twins).ids)])
        self.assertEqual(len(candidates), 3)
        self.assertEqual(candidates.cluster_id, self.karenina)
        self.assertIn("phone +40", candidates[0].explanation)

    def test_decision_is_remembered_for_good(self):
        twin = self._twin()
        self._search_all()
        pair = self.env["crm.match.candidate"].search([("partner_b_id", "=", twin.id)])
        pair.with_user(self.anna).action_not_duplicate()
        self.assertEqual((pair.state, pair.reviewer_id), ("not_duplicate", self.anna))
        twin.email = "new@home.example"
        self._search_all()
        self.assertEqual(pair.state, "not_duplicate")
        self.assertFalse(twin.duplicate_partner_ids)

    def test_pair_that_is_alike_no_more_leaves_the_queue(self):
        twin = self._twin()
        self._search_all()
        twin.write({"name": "Konstantin Levin", "phone": False})
        self._search_all()
        self.assertFalse(self._pairs(self.karenina))

    def test_search_that_was_killed_goes_on_where_it_was(self):
        twins = self.env["res.partner"].create(
            [{"name": f"Twin {letter * 3}", "email": f"{letter}@home.example"} for letter in "abcd" for _ in range(2)]
        )
        search = self.env["crm.match.candidate"]
        search._search_next(limit=3)
        try:
            with self.env.cr.savepoint():
                search._search_next(limit=3)
                raise ZeroDivisionError
        except ZeroDivisionError:
            self.env.invalidate_all()
        while search._search_next(limit=3):
            pass
        found = search.search([("partner_a_id", "in", twins.ids)])
        self.assertEqual(len(found), 4)

    def test_scheduled_search_finds_all_and_ends(self):
        twin = self._twin()
        with self.enter_registry_test_mode():
            self.assertTrue(self.env.ref("crm_frontoffice.crm_match_cron").method_direct_trigger())
        self.assertEqual(self._pairs(self.karenina), twin)
        self.assertFalse(self.env["crm.match.candidate"]._count_waiting())

    def test_cost_of_the_search_does_not_grow_with_the_customers(self):
        search = self.env["crm.match.candidate"]
        counts = []
        for number in (2, 60):
            self.env["res.partner"].create(
                [{"name": f"Twin {number} {letter}", "email": f"{number}@h.example"} for letter in range(number)]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            search._search_next()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_salesperson_sees_no_pair_of_a_foreign_company(self):
        twin = self._twin()
        self._search_all()
        pair = self.env["crm.match.candidate"].search([("partner_b_id", "=", twin.id)])
        self.assertTrue(pair.with_user(self.anna).has_access("read"))
        self.karenina.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(pair.with_user(self.anna).has_access("read"))
        with self.assertRaises(AccessError):
            pair.with_user(self.anna).action_not_duplicate()

    def test_nobody_writes_pairs_by_hand(self):
        twin = self._twin()
        self._search_all()
        pair = self.env["crm.match.candidate"].search([("partner_b_id", "=", twin.id)])
        for user in (self.anna, self.maria):
            with self.assertRaises(AccessError):
                pair.with_user(user).write({"state": "not_duplicate"})

    def test_only_administrators_have_everything_compared_anew(self):
        with self.assertRaises(AccessError):
            self.env["crm.match.candidate"].with_user(self.anna).action_search_all()
        self.env["crm.match.candidate"].with_user(self.maria).action_search_all()
        self.assertTrue(self.env["crm.match.candidate"]._count_waiting())
