from ....models.crm_text_search_mixin import LEAST_DIGITS
from ...common import FrontofficeCase


class TestTextSearch(FrontofficeCase):
    """Customers are found by words in any order, by parts of them, and by whatever part of a number one remembers."""

    def _find(self, text, user=None):
        return self.env["res.partner"].with_user(user or self.anna).search([("text_search", "ilike", text)])

    def test_customer_is_found_by_parts_of_his_texts(self):
        self.customer.write({"ref": "C-4711", "vat": "DE136695976"})
        for text in ("acme", "works acm", "WORK", "info@acme", "C-4711", "136695"):
            self.assertIn(self.customer, self._find(text), text)
        self.assertNotIn(self.customer, self._find("acme nobody"))

    def test_accents_do_not_matter(self):
        self.customer.name = "Café Señor"
        self.assertIn(self.customer, self._find("cafe senor"))

    def test_number_is_found_however_it_is_written(self):
        self.customer.phone = "+49 (30) 901-820.1"
        for text in ("030 9018", "+49 30 90182", "9018201", "(30) 901"):
            self.assertIn(self.customer, self._find(text), text)
        self.assertNotIn(self.customer, self._find("90" * LEAST_DIGITS))

    def test_finds_all_that_odoo_finds(self):
        for text in ("acme", "anna", "example"):
            odoo = self.env["res.partner"].with_user(self.anna).search([("display_name", "ilike", text)])
            self.assertLessEqual(odoo, self._find(text), text)

    def test_raw_sql_and_deletion_are_followed(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET complete_name = 'Ünïque' WHERE id = %s", [self.customer.id])
        self.assertIn(self.customer, self._find("unique"))
        nobody = self.env["res.partner"].create({"name": "Short-lived"})
        self.env.flush_all()
        nobody.unlink()
        self.env.cr.execute("SELECT FROM crm_text_res_partner WHERE id = %s", [nobody.id])
        self.assertFalse(self.env.cr.rowcount)

    def test_texts_are_mended_where_triggers_rested(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_text_res_partner SET text = 'wrong' WHERE id = %s", [self.customer.id])
        self.assertNotIn(self.customer, self._find("acme"))
        self.env["res.partner"]._mend_texts()
        self.assertIn(self.customer, self._find("acme"))

    def test_empty_text_finds_everybody(self):
        self.assertIn(self.customer, self._find(" "))
