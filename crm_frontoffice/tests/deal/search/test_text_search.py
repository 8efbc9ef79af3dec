from lxml import etree

from odoo.fields import Domain

from ...common import FrontofficeCase


class TestTextSearch(FrontofficeCase):
    """Deals are found by their own texts and by their customer's, and only those that one may see."""

    def _find(self, text, user=None):
        return self.env["crm.lead"].with_user(user or self.anna).search([("text_search", "ilike", text)])

    def test_deal_is_found_by_its_texts_and_its_customer(self):
        deal = self._create_deal(contact_name="Karl Meier", email_from="karl@elsewhere.example")
        for text in ("chairs", "office chair", "meier", "karl@else", "acme", "acme chairs"):
            self.assertIn(deal, self._find(text), text)
        self.assertNotIn(deal, self._find("chairs nobody"))

    def test_deal_is_found_by_a_part_of_a_number(self):
        deal = self._create_deal(partner_id=False, phone="+49 30 901 8201")
        self.assertIn(deal, self._find("030 9018"))

    def test_deal_is_found_by_what_its_customer_is_called_today(self):
        deal = self._create_deal()
        self.customer.write({"name": "Zenith Works", "ref": "Z-4242"})
        self.assertIn(deal, self._find("zenith z-4242 chairs"))
        deal.partner_id = self.env["res.partner"].create({"name": "Quasar", "phone": "+49 89 5550 123"})
        for text in ("quasar", "chairs quasar", "089 5550"):
            self.assertIn(deal, self._find(text), text)
        self.assertNotIn(deal, self._find("z-4242"))

    def test_signs_with_a_meaning_in_sql_are_letters_like_others(self):
        deal = self._create_deal(name="100%_sure")
        self.assertIn(deal, self._find("100%_s"))
        self.assertNotIn(self._create_deal(name="100 are sure"), self._find("100%_s"))

    def test_deals_of_others_stay_hidden(self):
        self._create_deal(user_id=self.boris.id)
        self.assertFalse(self._find("chairs"))

    def test_customer_whom_one_may_not_see_does_not_betray_his_deals(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        hidden = self.env["res.partner"].create({"name": "Undercover", "company_id": other.id})
        deal = self._create_deal(partner_id=False)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET partner_id = %s WHERE id = %s", [hidden.id, deal.id])
        self.env.invalidate_all()
        self.assertFalse(self._find("undercover"))
        self.assertTrue(self._find("chairs"))

    def test_finds_all_that_odoo_finds(self):
        self._create_deal(contact_name="Karl Meier")
        self._create_deal(name="Tables", partner_id=self.contact.id)
        columns = ("partner_id", "partner_name", "email_from", "name", "contact_name")
        for text in ("acme", "Karl M", "for the off", "tab"):
            domain = Domain.OR(Domain(column, "ilike", text) for column in columns)
            odoo = self.env["crm.lead"].with_user(self.anna).search(domain)
            self.assertTrue(odoo, text)
            self.assertLessEqual(odoo, self._find(text), text)

    def test_search_box_asks_this_search(self):
        for model in ("crm.lead", "res.partner"):
            arch = self.env[model].get_view(view_type="search")["arch"]
            first = etree.fromstring(arch).find(".//field[@name='name']")
            self.assertEqual(first.get("filter_domain"), "[('text_search', 'ilike', self)]", model)
