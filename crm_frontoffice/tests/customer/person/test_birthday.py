import doctest

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ....models.customer.person import birthday
from ...common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-12-28 10:00:00")
class TestBirthday(FrontofficeCase):
    """Birthdays are found by an index, over the end of the year, with or without a known year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.group_ids += cls.env.ref("crm_frontoffice.group_personal_data")
        cls.people = {
            key: cls.env["res.partner"].create(
                {"name": key, "birth_day": int(key[3:]), "birth_month": key[:2], "birth_year": year}
            )
            for key, year in (("12-28", 1985), ("01-03", 0), ("01-11", 1990), ("02-29", 2000))
        }

    def _found(self, domain):
        found = self.env["res.partner"].with_user(self.anna).search(domain, order="id")
        return [key for key, partner in self.people.items() if partner in found]

    def test_examples_hold(self):
        result = doctest.testmod(birthday)
        self.assertTrue(result.attempted and not result.failed)

    def test_birthdays_ahead_are_found_over_the_end_of_the_year(self):
        self.assertEqual(self._found([("days_to_birthday", "=", 0)]), ["12-28"])
        self.assertEqual(self._found([("days_to_birthday", "<=", 7)]), ["12-28", "01-03"])
        self.assertEqual(self._found([("days_to_birthday", "<=", 14)]), ["12-28", "01-03", "01-11"])

    def test_leap_day_is_celebrated_every_year(self):
        with freeze_time("2027-02-28 10:00:00"):
            self.assertEqual(self._found([("days_to_birthday", "=", 0)]), ["02-29"])
        with freeze_time("2028-02-28 10:00:00"):
            self.assertEqual(self._found([("days_to_birthday", "=", 0)]), [])

    def test_age_needs_a_year(self):
        ages = {key: partner.with_user(self.anna).age for key, partner in self.people.items()}
        self.assertEqual(ages, {"12-28": 41, "01-03": 0, "01-11": 36, "02-29": 26})

    def test_filter_uses_the_index(self):
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env["res.partner"]._search([("days_to_birthday", "<=", 7)])
        self.env.cr.execute("EXPLAIN " + self.env.cr.mogrify(query.select()).decode())
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("birthday_idx", plan)

    def test_day_that_does_not_exist_is_refused_with_the_name(self):
        with self.assertRaisesRegex(ValidationError, "12-28"):
            self.people["12-28"].write({"birth_day": 31, "birth_month": "06"})

    def test_facts_are_hidden_from_sales_and_their_manager(self):
        self.anna.group_ids -= self.env.ref("crm_frontoffice.group_personal_data")
        for user in (self.anna, self.maria):
            person = self.people["12-28"].with_user(user)
            for name in ("birth_year", "family_status", "income_band_id", "interest_category_ids", "age"):
                with self.subTest(user=user.name, field=name), self.assertRaises(AccessError):
                    person.read([name])
            with self.assertRaises(AccessError):
                self._found([("days_to_birthday", "<=", 7)])
