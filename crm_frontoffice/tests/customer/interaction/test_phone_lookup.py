from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, users

from ...common import FrontofficeCase


class TestPhoneLookup(FrontofficeCase):
    """Who is calling is known before the telephone is answered, however his number was written down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.phone = "+49 (30) 123-456-78"

    def _find(self, number, user=None):
        callers = self.env["crm.phone.lookup"].with_user(user or self.anna).find_callers(number)
        return [(caller["model"], caller["id"]) for caller in callers]

    def test_number_is_found_in_every_spelling(self):
        for number in ("+493012345678", "030 12345678", "0049 30 12345678", "tel:+49-30-12345678", "(030)12345678"):
            with self.subTest(number):
                self.assertEqual(self._find(number), [("res.partner", self.contact.id)])
        self.assertFalse(self._find("+49 30 12345679"))

    def test_country_code_and_leading_nought_are_written_or_not(self):
        """Short numbers show it: within nine digits from the end there is a nought, or the code of the country."""
        self.env.company.country_id = self.env.ref("base.de")
        for stored in ("+49 30 901820", "030 901820", "0049 30 901820"):
            self.contact.phone = stored
            for number in ("+49 30 901820", "030/901820", "004930901820", "tel:+49-30-901820"):
                with self.subTest(stored=stored, number=number):
                    self.assertEqual(self._find(number), [("res.partner", self.contact.id)])

    def test_answer_names_the_customer_and_who_looks_after_him(self):
        self.contact.user_id = self.anna
        [caller] = self.env["crm.phone.lookup"].with_user(self.anna).find_callers("03012345678")
        self.assertEqual(
            (caller["name"], caller["customer"], caller["salesperson"]), ("Anna Karenina", "Acme Works", "Anna")
        )

    def test_whole_number_comes_before_one_with_the_same_end(self):
        double = self.env["res.partner"].create({"name": "Abroad", "phone": "+43 1 3012345678"})
        self.assertEqual(self._find("+49 30 12345678")[0], ("res.partner", self.contact.id))
        self.assertIn(("res.partner", double.id), self._find("+49 30 12345678"))

    def test_lead_without_a_customer_is_found_too_and_colleagues_leads_are_not(self):
        lead = self.env["crm.lead"].create({"name": "From the fair", "phone": "0171 5550001", "user_id": self.anna.id})
        self.assertEqual(self._find("+49 171 5550001"), [("crm.lead", lead.id)])
        self.assertFalse(self._find("+49 171 5550001", self.boris))

    def test_caller_is_announced_to_the_one_who_is_rung(self):
        bus = self.env["bus.bus"]
        before = bus.search([], order="id desc", limit=1).id or 0
        callers = self.env["crm.phone.lookup"].with_user(self.maria).announce_call("03012345678", "anna_test")
        self.assertEqual(callers[0]["id"], self.contact.id)
        self.env.cr.precommit.run()
        sent = bus.search([("id", ">", before), ("message", "like", "crm_frontoffice.incoming_call")])
        self.assertEqual(len(sent), 1)
        self.assertIn("Anna Karenina", sent.message)

    @users("anna_test")
    def test_wrong_numbers_are_explained(self):
        lookup = self.env["crm.phone.lookup"]
        for number in ("", "12", 4930, None, "'; DROP TABLE res_partner"):
            with self.assertRaises(UserError):
                lookup.find_callers(number)
        with self.assertRaises(UserError):
            lookup.announce_call("03012345678", "nobody")

    def test_strangers_look_nobody_up(self):
        portal = new_test_user(self.env, login="portal_phone", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["crm.phone.lookup"].with_user(portal).find_callers("03012345678")
        employee = new_test_user(self.env, login="employee_phone", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["crm.phone.lookup"].with_user(employee).announce_call("03012345678", "anna_test")

    def test_lookup_uses_its_index(self):
        self.env.flush_all()
        self.env.cr.execute(
            r"""INSERT INTO res_partner
                SELECT (jsonb_populate_record(partner, jsonb_build_object(
                           'id', nextval('res_partner_id_seq'), 'phone', '+49 30 ' || number))).*
                  FROM res_partner partner, generate_series(1000000, 1005000) AS number WHERE partner.id = %s;
                ANALYZE res_partner;
                EXPLAIN SELECT id FROM res_partner WHERE phone IS NOT NULL AND active
                   AND reverse(regexp_replace(phone, '\D', '', 'g')) LIKE '876543%%'""",
            [self.contact.id],
        )
        self.assertIn("res_partner_phone_tail_idx", " ".join(row[0] for row in self.env.cr.fetchall()))
