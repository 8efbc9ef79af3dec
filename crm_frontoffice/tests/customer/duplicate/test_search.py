from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DuplicateCase

ROW = {"name": "Karenina Anna", "phone": "8 (926) 123 45 67"}


@tagged("post_install", "-at_install")
class TestSearch(DuplicateCase):
    """Who is there already is found, whatever alphabet, format or order his data are written in."""

    def _found(self, **row):
        return [match["id"] for match in self.env["res.partner"].with_user(self.anna).find_duplicates([row])[0]]

    def test_other_alphabet_and_other_format_of_the_phone_are_seen_through(self):
        self.assertEqual(self._found(**ROW), self.karenina.ids)

    def test_reasons_are_told(self):
        [[match]] = self.env["res.partner"].with_user(self.anna).find_duplicates([ROW])
        self.assertEqual(match["score"], 90)
        self.assertEqual(match["reasons"], {"name": 50, "phone": 40})
        self.assertEqual(match["name"], "Анна Каренина")

    def test_name_with_a_slip_at_the_same_address_with_the_same_mail_is_found(self):
        self.assertEqual(self._found(name="Анна Карениина", email="Anna.Karenina@home.example"), self.karenina.ids)

    def test_household_is_no_duplicate(self):
        self.assertFalse(
            self._found(name="Сергей Каренин", phone="+79261234567", street="Ленина 5", zip="101000", city="Москва")
        )

    def test_office_mail_and_switchboard_make_colleagues_no_duplicates(self):
        self.assertFalse(self._found(name="Boris Godunov", email="info@acme.example"))

    def test_branch_with_another_tax_id_is_no_duplicate(self):
        self.customer.vat = "7707083893"
        row = {"name": "Acme Works", "email": "info@acme.example", "is_company": True}
        self.assertEqual(self._found(**row), self.customer.ids)
        self.assertFalse(self._found(**row, vat="7736050003"))

    def test_changed_customer_is_found_by_what_he_has_now(self):
        self.karenina.write({"phone": "+7 903 000-00-01", "email": False, "street": False})
        self.assertFalse(self._found(**ROW))
        self.assertEqual(self._found(name="Анна Каренина", phone="89030000001"), self.karenina.ids)

    def test_address_that_a_company_passes_on_to_its_contacts_counts(self):
        """Odoo writes it without `write`."""
        self.customer.write({"street": "Long Road 17", "zip": "10405", "city": "Berlin"})
        row = {"name": "Anna Karenina", "street": "Long road 17", "zip": "10405"}
        self.assertEqual(self._found(**row), self.contact.ids)

    def test_customer_of_a_foreign_company_is_not_shown(self):
        self.karenina.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(self._found(**ROW))

    def test_rule_for_companies_does_not_judge_people(self):
        self.rules.search([("scope", "!=", "company")]).active = False
        self.assertFalse(self._found(**ROW, is_company=False))

    def test_condition_of_a_rule_chooses_the_customers(self):
        self.rules.search([]).domain = "[('city', '=', 'Berlin')]"
        self.assertFalse(self._found(**ROW))
        self.rules.search([]).domain = "[('city', '=', 'Москва')]"
        self.assertEqual(self._found(**ROW), self.karenina.ids)

    def test_thousand_rows_cost_as_many_queries_as_one(self):
        partners = self.env["res.partner"]
        rows = [{**ROW, "name": f"Karenina Anna {number}"} for number in range(999)]
        partners.find_duplicates([ROW])
        for given in ([ROW], [ROW, *rows]):
            with self.assertQueryCount(3):  # keys, rules, customers
                partners.find_duplicates(given)

    def test_wrong_calls_are_explained(self):
        partners = self.env["res.partner"].with_user(self.anna)
        for rows, limit in (("x", 5), ([1], 5), ([ROW], 0), ([ROW], "5"), ([ROW] * 1001, 5), ([{"nme": "x"}], 5)):
            with self.assertRaises(UserError):
                partners.find_duplicates(rows, limit)
        self.assertEqual(partners.find_duplicates([{}, {"name": False}, {"name": ["x"], "email": 7}]), [[], [], []])

    def test_portal_user_does_not_ask_who_our_customers_are(self):
        portal = new_test_user(self.env, "portal_dup", "base.group_portal")
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(portal).find_duplicates([ROW])

    def test_thousand_customers_get_their_keys_in_two_statements(self):
        partners = self.env["res.partner"].create([{"name": f"Partner {number}"} for number in range(1000)])
        partners.mapped("name")
        with self.assertQueryCount(2):
            self.env["crm.match.key"]._refresh(partners)

    def test_keys_from_before_the_installation_are_made_in_steps(self):
        self.env["crm.match.key"].search([]).unlink()
        self.env["ir.config_parameter"].set_param("crm_frontoffice.match_keys_up_to", 0)
        keys = self.env["crm.match.key"]
        while keys._index_next(limit=7):
            pass
        self.assertEqual(self._found(**ROW), self.karenina.ids)
        before = keys.search_count([])
        self.env["ir.config_parameter"].set_param("crm_frontoffice.match_keys_up_to", 0)
        while keys._index_next():
            pass
        self.assertEqual(keys.search_count([]), before)
