from odoo.tests import HttpCase, tagged

from ...common import FrontofficeFixtures


@tagged("post_install", "-at_install")
class TestMergeTour(FrontofficeFixtures, HttpCase):
    """A manager works the queue: he compares a pair, says who and what stays, and merges."""

    def test_manager_merges_a_pair_with_values_of_both(self):
        old, new = self.env["res.partner"].create(
            [
                {"name": "Анна Каренина", "phone": "+7 926 123-45-67", "email": "anna.karenina@home.example"},
                {"name": "Karenina Anna", "phone": "8 926 1234567", "email": "anna@work.example"},
            ]
        )
        while self.env["crm.match.candidate"]._search_next():
            pass
        action = "crm_frontoffice.crm_match_candidate_action"
        self.start_tour(f"/odoo/action-{action}", "merge_duplicates", login="maria_test")
        self.assertFalse(old.exists())
        self.assertEqual((new.name, new.email), ("Karenina Anna", "anna.karenina@home.example"))
