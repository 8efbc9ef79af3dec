from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, users
from odoo.tools import mute_logger

from ...common import FrontofficeCase


class TestPartnerRelations(FrontofficeCase):
    """A relation is said once and read from both sides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referred, cls.household, cls.decides = (
            cls.env.ref(f"crm_frontoffice.relation_type_{name}") for name in ("referred", "household", "decides")
        )
        cls.nordwind = cls.env["res.partner"].create({"name": "Nordwind Trading", "is_company": True})

    def _relate(self, first, relation_type, second, **values):
        return self.env["crm.partner.relation"].create(
            {"first_partner_id": first.id, "type_id": relation_type.id, "second_partner_id": second.id, **values}
        )

    def test_both_sides_read_it_in_their_own_words(self):
        self._relate(self.customer, self.referred, self.nordwind)
        self.assertEqual(self.customer.relation_ids.label, "Referred by")
        self.assertEqual(self.customer.relation_ids.other_partner_id, self.nordwind)
        self.assertEqual(self.nordwind.relation_ids.label, "Has referred")
        self.assertEqual(self.nordwind.relation_ids.other_partner_id, self.customer)

    def test_search_box_understands_the_sentence(self):
        self._relate(self.customer, self.referred, self.nordwind)

        def find(text):
            return self.env["res.partner"].search([("relation_search", "ilike", text)])

        self.assertEqual(find("referred by nordwind"), self.customer)
        self.assertEqual(find("has referred"), self.nordwind)
        self.assertEqual(find("Nordwind"), self.customer)
        self.assertFalse(find("referred by acme"))

    def test_domain_for_programs_finds_customers_referred_by_one(self):
        self._relate(self.customer, self.referred, self.nordwind)
        said = [
            ("type_id.code", "=", "referred_by"),
            ("side", "=", "first"),
            ("other_partner_id", "=", self.nordwind.id),
        ]
        self.assertEqual(self.env["res.partner"].search([("relation_ids", "any", said)]), self.customer)

    def test_symmetric_relation_is_kept_once_whoever_says_it(self):
        mother, son = self.env["res.partner"].create([{"name": "Mother"}, {"name": "Son"}])
        self._relate(son, self.household, mother)
        self.assertEqual(mother.relation_ids.label, "Same household as")
        self.assertEqual(mother.relation_ids.other_partner_id, son)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._relate(mother, self.household, son)

    def test_relation_that_cannot_be_is_refused_by_name(self):
        with self.assertRaisesRegex(ValidationError, "Acme Works"):
            self._relate(self.customer, self.referred, self.customer)
        with self.assertRaisesRegex(ValidationError, "Decision maker"):
            self._relate(self.nordwind, self.decides, self.customer)

    def test_ended_relation_stays_and_may_begin_anew(self):
        self._relate(self.contact, self.decides, self.customer, date_from="2024-01-01", date_to="2025-01-01")
        self._relate(self.contact, self.decides, self.customer, date_from="2026-01-01")
        self.assertEqual(len(self.contact.relation_ids), 2)

    @users("anna_test")
    def test_salesperson_adds_one_from_the_customer(self):
        action = self.customer.with_env(self.env).action_add_relation()
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        form.type_id = self.referred.with_env(self.env)
        form.second_partner_id = self.nordwind.with_env(self.env)
        form.save()
        self.assertEqual(self.customer.relation_ids.label, "Referred by")

    def test_relation_does_not_leak_a_partner_of_another_company(self):
        abroad = self.env["res.company"].create({"name": "Abroad"})
        hidden = self.env["res.partner"].create({"name": "Hidden Inc", "company_id": abroad.id, "is_company": True})
        relation = self._relate(self.customer, self.referred, hidden)
        self.assertFalse(self.customer.with_user(self.anna).relation_ids)
        with self.assertRaises(AccessError):
            relation.with_user(self.anna).read(["second_partner_id"])
        self.assertFalse(self.env["crm.partner.relation"].with_user(self.anna).search([("id", "=", relation.id)]))

    def test_portal_user_reads_none(self):
        portal = new_test_user(self.env, login="portal_relation", groups="base.group_portal")
        for model in ("crm.partner.relation", "crm.partner.relation.side", "crm.partner.role", "crm.relation.type"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])
