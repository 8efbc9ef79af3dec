from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, freeze_time, tagged

from .common import ConsentFixtures


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestConsentLists(ConsentFixtures, TransactionCase):
    """Consent and Odoo's blacklists and mailing lists say the same, wherever it was said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list_a, cls.list_b = cls.env["mailing.list"].create([{"name": "A"}, {"name": "B"}])
        cls.news.mailing_list_ids = cls.list_a | cls.list_b

    def _blocked(self, email="anna.k@acme.example"):
        return self.env["mail.blacklist"].search([("email", "=", email)])

    def _blocked_number(self):
        return self.env["phone.blacklist"].search([("number", "=", self.contact.phone_sanitized)])

    def _subscriptions(self):
        return self.env["mailing.subscription"].search(
            [("contact_id.email_normalized", "=", "anna.k@acme.example"), ("opt_out", "=", False)]
        )

    def test_recipients_are_not_chosen_by_what_the_author_may_not_read(self):
        marketer = self._create_user("marketer_test", "mass_mailing.group_mass_mailing_user")
        values = {"subject": "x", "mailing_model_id": self.env["ir.model"]._get_id("res.partner")}
        mailings = self.env["mailing.mailing"].with_user(marketer)
        with self.assertRaises(AccessError):
            mailings.create({**values, "mailing_domain": "[('birth_year', '<', 1960)]"})
        self.assertTrue(mailings.create({**values, "mailing_domain": "[('city', '=', 'Berlin')]"}))

    def test_who_refuses_all_advertising_is_blacklisted_and_free_again_with_the_first_yes(self):
        self._decide("withdrawn")
        self.assertFalse(self._blocked(), "only a part of it was refused")
        self._decide("withdrawn", purpose=self.events)
        self.assertTrue(self._blocked())
        self._decide("given")
        self.assertFalse(self._blocked())
        self._decide("withdrawn")
        self.assertTrue(self._blocked(), "an entry that was archived counts again")

    def test_refused_sms_block_the_number_and_allowed_ones_free_it(self):
        for purpose in (self.news, self.events):
            self._decide("withdrawn", purpose=purpose, channel="sms")
        self.assertTrue(self._blocked_number())
        self._decide("given", channel="sms")
        self.assertFalse(self._blocked_number())

    def test_refused_calls_leave_a_number_free_that_may_get_sms(self):
        self._decide("given", channel="sms")
        for purpose in (self.news, self.events):
            self._decide("withdrawn", purpose=purpose, channel="phone")
        self.assertFalse(self._blocked_number())

    def test_lists_of_a_purpose_follow_the_consent(self):
        self._decide("given")
        self.assertEqual(self._subscriptions().list_id, self.list_a | self.list_b)
        self._decide("withdrawn")
        self.assertFalse(self._subscriptions())
        self._decide("given")
        self.assertEqual(len(self._subscriptions()), 2)

    def test_blacklist_of_odoo_is_read_back_for_everybody_with_the_address(self):
        self._decide("given")
        self.env["mail.blacklist"]._add("anna.k@acme.example")
        self.assertEqual(self._log(purpose=self.news), [("given", "portal"), ("withdrawn", "blacklist")])
        self.assertEqual(self._state(purpose=self.events, partner=self.spouse), "refused")
        self.assertFalse(self._subscriptions())
        self.assertTrue(self._blocked())

    def test_leaving_the_blacklist_brings_back_only_what_it_took(self):
        self._decide("given")
        self.env["mail.blacklist"]._add("anna.k@acme.example")
        self.env["mail.blacklist"]._remove("anna.k@acme.example")
        self.assertEqual(self._state(), "granted")
        self.assertEqual(self._state(purpose=self.events), "refused")
        self.assertFalse(self._blocked())
        self.assertEqual(len(self._log(purpose=self.news)), 3)

    def test_number_on_the_blacklist_gets_neither_sms_nor_calls(self):
        self._decide("given", channel="phone")
        self.env["phone.blacklist"].add(self.contact.phone)
        self.assertEqual((self._state(channel="phone"), self._state(channel="sms")), ("refused", "refused"))
        self.env["phone.blacklist"].remove(self.contact.phone)
        self.assertEqual((self._state(channel="phone"), self._state(channel="sms")), ("granted", "refused"))

    def test_unsubscribing_from_the_last_list_withdraws_the_purpose(self):
        self._decide("given")
        self.list_a._update_subscription_from_email("anna.k@acme.example", opt_out=True)
        self.assertEqual(self._state(), "granted", "the other list is still wanted")
        self.list_b._update_subscription_from_email("anna.k@acme.example", opt_out=True)
        self.assertEqual(self._state(), "refused")
        self.assertEqual(self._log()[-1], ("withdrawn", "subscription"))
        self.list_b._update_subscription_from_email("anna.k@acme.example", opt_out=False)
        self.assertEqual(self._log()[-1], ("given", "subscription"))

    def test_employee_who_fills_a_list_gives_no_consent_for_the_customer(self):
        contact = self.env["mailing.contact"].create({"name": "Anna", "email": "anna.k@acme.example"})
        self.env["mailing.subscription"].create({"contact_id": contact.id, "list_id": self.list_a.id})
        self.assertIsNone(self._state())

    def test_nothing_goes_round_in_circles(self):
        self._decide("given")
        self._decide("withdrawn", purpose=self.events)
        self._decide("withdrawn")
        self.assertEqual(len(self._log()), 3)
        self.assertEqual(len(self._log(partner=self.spouse)), 2, "withdrawals are his too, and each is told once")

    def test_mailing_with_a_purpose_reaches_those_who_agreed(self):
        self._decide("given")
        self._decide("given", channel="sms", partner=self.spouse)
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "in", (self.contact | self.spouse | self.customer).ids)],
            }
        )
        self.assertEqual(len(mailing._get_recipients()), 3)
        mailing.consent_purpose_id = self.news
        self.assertEqual(mailing._get_recipients(), self.contact.ids)
        mailing.mailing_type = "sms"
        self.assertEqual(mailing._get_recipients(), self.spouse.ids)

    def test_footer_of_a_mailing_has_the_link_to_the_own_page(self):
        marketer = self._create_user("marketer_test", "mass_mailing.group_mass_mailing_user")
        body = '<p>Change this: <t t-out="object.preferences_url"/></p>'
        mixin = self.env["mail.render.mixin"].with_user(marketer)
        html = mixin._render_template(body, "res.partner", self.contact.ids, engine="qweb")[self.contact.id]
        token = html.split("/preferences/")[1].split("<")[0]
        self.assertEqual(self.env["res.partner"]._read_token("crm_frontoffice.preferences", token)[0], self.contact)
