from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import CampaignCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestSegmentConditions(CampaignCase):
    """A segment is a tree of conditions over what is known about customers and what they did."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two, cls.three = cls.all = cls._create_customers(3)
        cls.two.city = "Riga"

    def _buy(self, partner, quantity=1, date="2026-06-01", product=None, **values):
        line = {"product_id": (product or self.product).id, "quantity": quantity, "price_unit": 100.0}
        return self._create_invoice(partner_id=partner.id, invoice_date=date, invoice_line_ids=[(0, 0, line)], **values)

    def test_field_of_the_customer(self):
        found = self._find({"kind": "partner", "partner_domain": "[('city', '=', 'Riga')]"}, among=self.all)
        self.assertEqual(found, self.two)

    def test_negation_is_everybody_else(self):
        condition = {"kind": "partner", "partner_domain": "[('city', '=', 'Riga')]", "is_negated": True}
        self.assertEqual(self._find(condition, among=self.all), self.one | self.three)

    def test_how_often_how_much_and_when_he_bought(self):
        self._buy(self.one, date="2026-06-01")
        self._buy(self.one, date="2026-06-10")
        self._buy(self.two, quantity=5, date="2026-01-10")
        cases = [
            ({"measure": "count", "value": 2}, self.one),
            ({"measure": "count", "value": 1}, self.one | self.two),
            ({"measure": "count", "value": 1, "days": 30}, self.one),
            ({"measure": "count", "comparison": "most", "value": 0}, self.three),
            ({"measure": "amount", "value": 500}, self.two),
            ({"measure": "amount", "comparison": "most", "value": 200}, self.one | self.three),
            ({"measure": "quantity", "value": 5}, self.two),
            ({"measure": "last", "value": 90}, self.two),
            ({"measure": "last", "comparison": "most", "value": 90}, self.one),
        ]
        for values, expected in cases:
            with self.subTest(values=values):
                self.assertEqual(self._find({"kind": "purchase", **values}, among=self.all), expected)

    def test_what_he_bought(self):
        category = self.env["product.category"].create({"name": "Outdoor"})
        below = self.env["product.category"].create({"name": "Tents", "parent_id": category.id})
        tent = self.env["product.product"].create({"name": "Tent", "categ_id": below.id, "taxes_id": False})
        self._buy(self.one)
        self._buy(self.two, product=tent)
        self.assertEqual(self._find({"kind": "purchase", "product_ids": [(6, 0, tent.ids)]}, among=self.all), self.two)
        self.assertEqual(self._find({"kind": "purchase", "category_id": category.id}, among=self.all), self.two)

    def test_credit_note_takes_back_what_was_bought(self):
        self._buy(self.one, quantity=3)
        self._buy(self.one, quantity=3, move_type="out_refund")
        self.assertFalse(self._find({"kind": "purchase", "measure": "amount", "value": 1}, among=self.all))
        self.assertFalse(self._find({"kind": "purchase", "measure": "quantity", "value": 1}, among=self.all))

    def test_deal_event_consent_and_reaction(self):
        self._create_deal(partner_id=self.one.id, expected_revenue=5000)
        self.two._log_event("visit")
        campaign = self.env["utm.campaign"].create({"title": "Spring"})
        event = {"code": "campaign_clicked", "partner_id": self.three.id, "campaign_id": campaign.id}
        self.env["crm.event"]._append([event, {**event, "campaign_id": None, "partner_id": self.two.id}])
        purpose = self.env["crm.consent.purpose"].create(
            {"name": "Fairs", "code": "fairs", "wording": "Yes", "is_double_opt_in": False}
        )
        decision = {"partner_id": self.one.id, "channel": "email", "purpose_id": purpose, "source": "paper"}
        self.env["crm.consent"]._record([{**decision, "decision": "given"}])
        visit = self.env.ref("crm_frontoffice.event_type_visit").id
        cases = [
            ({"kind": "deal", "deal_domain": "[('expected_revenue', '>', 1000)]"}, self.one),
            ({"kind": "event", "type_id": visit, "days": 7}, self.two),
            ({"kind": "answer", "answer": "clicked"}, self.two | self.three),
            ({"kind": "answer", "answer": "clicked", "campaign_id": campaign.id}, self.three),
            ({"kind": "consent", "channel": "email", "purpose_id": purpose.id}, self.one),
        ]
        for values, expected in cases:
            with self.subTest(values=values):
                self.assertEqual(self._find(values, among=self.all), expected)

    def test_groups_nest(self):
        """In Riga, or bought and has an e-mail address."""
        self._buy(self.one)
        self._buy(self.three)
        self.three.email = False
        bought = {"kind": "purchase"}
        reachable = {"kind": "partner", "partner_domain": "[('email', '!=', False)]"}
        group = {"kind": "group", "match": "all", "child_ids": [(0, 0, bought), (0, 0, reachable)]}
        riga = {"kind": "partner", "partner_domain": "[('city', '=', 'Riga')]"}
        self.assertEqual(self._find(riga, group, match="any", among=self.all), self.one | self.two)

    def test_segment_says_in_words_whom_it_means(self):
        purchase = {"kind": "purchase", "value": 3, "days": 90}
        group = {"kind": "group", "match": "any", "child_ids": [(0, 0, {"kind": "event", "type_id": 1})]}
        segment = self._create_segment(purchase, {**group, "is_negated": True})
        text = str(segment.summary)
        self.assertIn("bought anything: How often at least 3 within 90 days", text)
        self.assertIn("<em>and</em> not: One condition holds:", text)

    def test_contact_counts_for_himself_where_every_contact_does(self):
        self.contact._log_event("visit")
        condition = {"kind": "event", "type_id": self.env.ref("crm_frontoffice.event_type_visit").id}
        both = self.customer | self.contact
        self.assertEqual(self._find(condition, among=both), self.customer)
        self.assertEqual(self._find(condition, among=both, level="contact"), self.contact)

    def test_segment_of_one_company_counts_its_purchases_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._buy(self.one)
        self.assertEqual(self._find({"kind": "purchase"}, among=self.all, company_id=self.company.id), self.one)
        self.assertFalse(self._find({"kind": "purchase"}, among=self.all, company_id=other.id))

    def test_useless_conditions_are_refused(self):
        for values in (
            {"kind": "partner", "partner_domain": "[('nonsense', '=', 1)]"},
            {"kind": "partner", "partner_domain": "not a domain"},
            {"kind": "event"},
            {"kind": "consent"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._create_segment(values)

    def test_condition_does_not_tell_what_its_author_may_not_read(self):
        segments = self.env["crm.segment"].with_user(self.marta)
        married = {"kind": "partner", "partner_domain": "[('family_status', '!=', False)]"}
        with self.assertRaises(AccessError):
            segments.create({"name": "x", "condition_ids": [(0, 0, married)]})
        birthday = {"kind": "event", "type_id": self.env.ref("crm_frontoffice.event_type_birthday").id}
        with self.assertRaisesRegex(ValidationError, "Personal facts"):
            segments.create({"name": "x", "condition_ids": [(0, 0, birthday)]})

    def test_time_alone_makes_members_leave(self):
        self._buy(self.one, date="2026-06-01")
        segment = self._create_segment({"kind": "purchase", "days": 30})
        segment._refresh()
        self.assertIn(self.one, segment.member_ids.partner_id)
        with freeze_time("2026-07-05 10:00:00"):
            segment._refresh()
        self.assertNotIn(self.one, segment.member_ids.partner_id)
