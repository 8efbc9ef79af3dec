from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestJourneyLetters(JourneyCase):
    """Letters wait until they are printed, each once, for who has an address and has not left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._create_customers(3, street="Main Street 1", city="Riga")
        cls.customers[2].street = False
        letter = {"kind": "letter", "letter_body": "<p>Dear {customer}, see you</p>"}
        cls.journey = cls._create_journey(letter, goal_type_id=cls.visit.id)

    def _write(self):
        self._enter(self.journey, self.customers)
        self._run(self.journey)
        return self.env["crm.journey.message"].search([("journey_id", "=", self.journey.id)], order="id")

    def test_letter_has_address_and_name(self):
        self.customers[0].name = "Fish & Sons"
        messages = self._write()
        self.assertEqual(messages.mapped("state"), ["queued", "queued", "skipped"])
        action = messages.with_user(self.marta).action_print_letters()
        self.assertEqual(action["report_name"], "crm_frontoffice.crm_journey_letters")
        self.assertEqual(messages.mapped("state"), ["handed", "handed", "skipped"])
        report = self.env["ir.actions.report"].with_user(self.marta)
        html = report._render_qweb_html("crm_frontoffice.crm_journey_letters", messages[:2].ids)[0].decode()
        self.assertIn("Dear Fish &amp; Sons, see you", html)
        self.assertIn("Main Street 1", html)

    def test_letter_is_printed_once(self):
        messages = self._write()
        messages.action_print_letters()
        with self.assertRaisesRegex(UserError, "None of these letters waits"):
            messages.action_print_letters()

    def test_who_reached_the_goal_meanwhile_gets_none(self):
        messages = self._write()
        self.customers[0]._log_event("visit")
        messages.action_print_letters()
        self.assertEqual(messages.mapped("state"), ["skipped", "handed", "skipped"])

    def test_salesperson_prints_no_letters(self):
        with self.assertRaises(AccessError):
            self._write().with_user(self.anna).action_print_letters()
