from psycopg2 import IntegrityError

from odoo.tools import mute_logger

from ...common import FrontofficeCase


class TestDealContacts(FrontofficeCase):
    """Who has which part in a deal, and how it survives merges."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.levin = cls.env["res.partner"].create({"name": "Konstantin Levin", "parent_id": cls.customer.id})
        cls.decider = cls.env.ref("crm_frontoffice.contact_role_decision_maker")
        cls.user_role = cls.env.ref("crm_frontoffice.contact_role_user")

    def _add(self, deal, partner, **values):
        return self.env["crm.lead.contact"].create({"lead_id": deal.id, "partner_id": partner.id, **values})

    def test_first_is_the_main_contact(self):
        deal = self._create_deal()
        first = self._add(deal, self.contact, role_id=self.user_role.id)
        second = self._add(deal, self.levin, role_id=self.decider.id)
        self.assertEqual((first + second).mapped("is_main"), [True, False])
        second.with_user(self.anna).sequence = 1
        self.assertEqual((first + second).mapped("is_main"), [False, True])

    def test_person_stands_in_a_deal_once(self):
        deal = self._create_deal()
        self._add(deal, self.contact)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._add(deal, self.contact)

    def test_merged_people_stand_in_the_deal_once_and_keep_their_part(self):
        deal, other = self._create_deal(), self._create_deal(name="Other")
        self._add(deal, self.contact, role_id=self.decider.id, sequence=1)
        self._add(deal, self.levin, role_id=self.user_role.id, sequence=2)
        self._add(other, self.levin, role_id=self.user_role.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.contact.id, self.levin.id], self.contact)
        self.env.invalidate_all()
        self.assertEqual(deal.contact_ids.mapped("role_id"), self.decider)
        self.assertEqual(other.contact_ids.partner_id, self.contact)

    def test_merged_deals_keep_each_contact_once(self):
        kept = self._create_deal(name="Kept", probability=90)
        gone = self._create_deal(name="Gone", probability=10)
        self._add(kept, self.contact, role_id=self.decider.id)
        self._add(gone, self.contact, role_id=self.user_role.id)
        self._add(gone, self.levin)
        merged = (kept | gone).with_user(self.maria).merge_opportunity()
        self.assertEqual(merged, kept)
        self.assertEqual(kept.contact_ids.partner_id, self.contact | self.levin)
        self.assertEqual(kept.contact_ids.role_id, self.decider)

    def test_merge_of_deals_without_contacts_costs_one_query(self):
        kept, gone = self._create_deal(name="Kept"), self._create_deal(name="Gone")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(gone._find_belongings(), [])
        self.assertFalse(kept.contact_ids)

    def test_deal_is_found_by_its_contact(self):
        deal = self._create_deal()
        self._add(deal, self.levin)
        self.assertEqual(self.env["crm.lead"].search([("contact_ids.partner_id", "ilike", "levin")]), deal)

    def test_part_in_deals_is_personal_data(self):
        self._add(self._create_deal(), self.levin, note="Plays chess")
        request = self.env["crm.personal.data"]
        subject = request._get_subject(self.levin)
        self.assertIn("crm.lead.contact", [place.model for place in request._get_places(subject)])
