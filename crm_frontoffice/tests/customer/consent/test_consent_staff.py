from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, freeze_time, tagged

from .common import ConsentFixtures


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestConsentStaff(ConsentFixtures, TransactionCase):
    """Employees see what customers allow and note what customers tell them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.group_ids = [Command.link(cls.env.ref("base.group_partner_manager").id)]
        cls.agent = cls._create_user("agent_test", "base.group_user")

    def _record(self, user, **values):
        recording = self.env["crm.consent.recording"].with_user(user)
        form = Form(recording.with_context(default_partner_ids=self.contact.ids))
        for name, value in values.items():
            form[name] = value
        return form.save().action_record()

    def test_salesperson_notes_what_the_customer_said_on_the_phone(self):
        self._record(self.anna, purpose_id=self.news, channel="phone", note="with his wife")
        event = self.contact.consent_event_ids
        self.assertEqual((event.user_id, event.source, event.wording), (self.anna, "call", "Send me news."))
        self.assertEqual(self._state(channel="phone"), "granted")

    def test_text_that_was_read_out_differently_is_kept_as_it_was(self):
        self._record(self.anna, purpose_id=self.news, wording="May we send you news?")
        self.assertEqual(self.contact.consent_event_ids.wording, "May we send you news?")

    def test_consent_without_a_text_is_refused(self):
        with self.assertRaisesRegex(UserError, "which text"):
            self.env["crm.consent.recording"].with_user(self.anna).create(
                {"partner_ids": self.contact.ids, "purpose_id": self.news.id, "wording": " "}
            ).action_record()

    def test_decision_of_the_future_is_refused(self):
        with self.assertRaisesRegex(UserError, "future"):
            self._record(self.anna, purpose_id=self.news, date="2026-06-16 10:00:00")

    def test_what_a_contract_demands_cannot_be_given_or_taken(self):
        contract = self.env["crm.consent.purpose"].create(
            {"name": "Orders", "code": "test_orders", "wording": "Orders.", "legal_basis": "contract"}
        )
        with self.assertRaisesRegex(UserError, "does not hang"):
            self._record(self.anna, purpose_id=contract)

    def test_double_opt_in_mails_the_customer_and_waits(self):
        self._record(self.anna, purpose_id=self.events)
        self.assertEqual(self._state(purpose=self.events), "pending")
        mail = self.env["mail.mail"].search([("email_to", "=", "anna.k@acme.example")])
        self.assertEqual(len(mail), 1)
        self.assertIn("/consent/confirm/", mail.body_html)
        self.assertFalse(self.contact._filter_consented("email", self.events))

    def test_second_request_sends_no_second_mail(self):
        self._record(self.anna, purpose_id=self.events)
        self._record(self.anna, purpose_id=self.events)
        self.assertEqual(self.env["mail.mail"].search_count([("email_to", "=", "anna.k@acme.example")]), 1)

    def test_second_request_leaves_the_link_of_the_first_mail_working(self):
        self._record(self.anna, purpose_id=self.events)
        named_in_the_mail = self.contact.consent_event_ids.ids
        self._record(self.anna, purpose_id=self.events)
        self.consents._confirm(self.contact, named_in_the_mail)
        self.assertEqual(self._state(purpose=self.events), "granted")

    def test_request_is_mailed_anew_once_the_link_has_ended(self):
        self._record(self.anna, purpose_id=self.events)
        with freeze_time("2026-06-23 10:00:00"):
            self._record(self.anna, purpose_id=self.events)
            self.assertEqual(self.env["mail.mail"].search_count([("email_to", "=", "anna.k@acme.example")]), 2)
            self.consents._confirm(self.contact, self.contact.consent_ids.event_id.ids)
            self.assertEqual(self._state(purpose=self.events), "granted")

    def test_matrix_shows_every_purpose_and_what_was_said(self):
        self._decide("given")
        matrix = self.contact.with_user(self.anna).consent_matrix
        self.assertIn("News", matrix)
        self.assertIn("text-bg-success", matrix)
        self.assertIn("allowed", matrix)

    def test_employee_without_a_sales_role_sees_no_consent(self):
        self._decide("given")
        with self.assertRaises(AccessError):
            self.contact.with_user(self.agent).read(["consent_event_ids"])
        with self.assertRaises(AccessError):
            self.env["crm.consent.event"].with_user(self.agent).search([])

    def test_nobody_forges_the_log(self):
        for user in (self.anna, self.maria):
            for model in ("crm.consent", "crm.consent.event"):
                for operation in ("create", "write", "unlink"):
                    with self.subTest(user=user.name, model=model, operation=operation):
                        self.assertFalse(self.env[model].with_user(user).has_access(operation))

    def test_customers_of_another_company_are_hidden(self):
        self._decide("given")
        other = self.env["res.company"].create({"name": "Other"})
        (self.customer | self.contact).company_id = other
        self.assertFalse(self.env["crm.consent"].with_user(self.anna).search([("partner_id", "=", self.contact.id)]))
