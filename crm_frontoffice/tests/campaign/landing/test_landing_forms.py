from lxml import html

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ....models.campaign.landing.crm_landing_form import MOST_OF_ADDRESS, MOST_OF_IP
from ...customer.consent.common import ConsentFixtures


@tagged("post_install", "-at_install")
class TestLandingForms(ConsentFixtures, HttpCase):
    """A visitor sends a form: he becomes a lead once, what he allows waits for his mailbox, nothing is changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marta = cls._create_user("marta_test", "mass_mailing.group_mass_mailing_user")
        cls.campaign = cls.env["utm.campaign"].create({"name": "test-spring"})
        cls.journey = cls.env["crm.journey"].create({"name": "Welcome"})
        step = {"version_id": cls.journey.draft_id.id, "kind": "exit", "name": "End"}
        cls.env["crm.journey.step"].create(step)
        with trap_jobs():
            cls.journey.action_start()
        cls.form = cls.env["crm.landing.form"].create(
            {
                "name": "Ask for the catalogue",
                "code": "test-catalogue",
                "thanks": "<p>It is on its way.</p>",
                "purpose_id": cls.events.id,
                "wording": "Yes, tell me of events.",
                "journey_id": cls.journey.id,
                "team_id": cls.team.id,
                "user_id": cls.anna.id,
                "campaign_id": cls.campaign.id,
                "field_ids": [
                    (0, 0, {"kind": "phone", "name": "Your phone"}),
                    (0, 0, {"kind": "question", "name": "How many chairs?", "is_required": True}),
                ],
            }
        )
        cls.phone, cls.question = (field._get_input() for field in cls.form.field_ids)

    def _send(self, query="", **values):
        page = self.url_open(f"/form/test-catalogue{query}")
        inputs = html.fromstring(page.text).xpath("//form[contains(@action, '/form/')]//input[@type='hidden']")
        hidden = {found.get("name"): found.get("value") or "" for found in inputs}
        given = {"name": "Levin", "email": "levin@farm.example", self.question: "Six", **values}
        response = self.url_open("/form/test-catalogue", data={**hidden, **given})
        self.env.invalidate_all()
        return response

    def _get_answers(self):
        return self.form.answer_ids.sorted("id")

    def test_stranger_becomes_customer_and_lead_with_first_touch(self):
        page = self._send(**{self.phone: "+32 456 77 88 99"})
        self.assertIn("It is on its way.", page.text)
        self.assertNotIn("press the button", page.text, "he agreed to nothing")
        answer = self._get_answers()
        self.assertFalse(answer.is_known)
        self.assertEqual((answer.partner_id.name, answer.partner_id.phone), ("Levin", "+32 456 77 88 99"))
        deal = answer.lead_id
        self.assertEqual((deal.user_id, deal.team_id, deal.campaign_id), (self.anna, self.team, self.campaign))
        self.assertIn("How many chairs?: Six", deal.description)
        self.assertEqual(self._codes(record=deal)[-1], "form_answered")
        self.assertEqual(self.journey.participant_ids.partner_id, answer.partner_id, "at once")

    def test_address_of_the_page_says_where_he_came_from(self):
        self._send("?utm_campaign=test-autumn&utm_source=test-flyer&utm_medium=test-paper")
        answer = self._get_answers()
        found = (answer.campaign_id.name, answer.source_id.name, answer.medium_id.name)
        self.assertEqual(found, ("test-autumn", "test-flyer", "test-paper"))
        self.assertEqual(answer.lead_id.source_id, answer.source_id)

    def test_every_touch_is_kept_and_the_deal_is_one(self):
        self._send("?utm_source=test-first")
        self._send("?utm_source=test-second", **{self.question: "Eight"})
        first, second = self._get_answers()
        self.assertEqual((first.source_id.name, second.source_id.name), ("test-first", "test-second"))
        self.assertEqual(first.lead_id, second.lead_id)
        self.assertEqual(first.lead_id.source_id.name, "test-first")
        self.assertIn("Eight", "".join(first.lead_id.message_ids.mapped("body")))
        self.assertEqual(len(self.journey.participant_ids), 1)

    def test_known_customer_is_found_and_not_changed(self):
        self.contact.write({"phone": "+32 456 00 11 22", "name": "Anna Karenina"})
        self._send(name="Anna Karenina", email="Anna.K@acme.example", **{self.phone: "+32 1 11 11 11"})
        answer = self._get_answers()
        self.assertTrue(answer.is_known)
        self.assertEqual(answer.partner_id, self.contact, "of two who share the mailbox the one with his name")
        self.assertEqual(self.contact.phone, "+32 456 00 11 22", "anybody could have typed it")
        self.assertIn("+32 1 11 11 11", answer.lead_id.description)

    def test_consent_waits_for_the_mailbox_and_the_journey_with_it(self):
        page = self._send(consent="1")
        self.assertIn("press the button", page.text)
        answer = self._get_answers()
        partner = answer.partner_id
        self.assertEqual(answer.state, "waiting")
        self.assertEqual(self._state(purpose=self.events, partner=partner), "pending")
        self.assertFalse(self.journey.participant_ids)
        path = partner._get_consent_confirmation_url().removeprefix(partner.get_base_url())
        opened = self.url_open(path)
        self.env.invalidate_all()
        self.assertEqual(answer.state, "waiting", "scanners of mail open every link")
        token = html.fromstring(opened.text).xpath("//input[@name='csrf_token']/@value")[0]
        self.url_open(path, data={"csrf_token": token})
        self.assertEqual(self._state(purpose=self.events, partner=partner), "granted")
        self.assertEqual(answer.state, "done")
        self.assertEqual(self.journey.participant_ids.partner_id, partner)
        log = partner.consent_event_ids.sorted("id")
        self.assertEqual(log.mapped("wording"), ["Yes, tell me of events."] * 2)
        self.assertTrue(log[0].ip)

    def test_what_is_missing_is_said_and_what_was_typed_stays(self):
        self.form.is_consent_required = True
        page = self._send("?utm_source=test-flyer", name="", email="levin", **{self.question: ""})
        for text in ("tell us your name", "such as anna@example.com", "fill in “How many chairs?”", "tick the box"):
            self.assertIn(text, page.text)
        root = html.fromstring(page.text)
        self.assertEqual(root.xpath("//input[@name='email']/@value"), ["levin"])
        self.assertEqual(root.xpath("//input[@name='utm_source']/@value"), ["test-flyer"])
        self.assertFalse(self._get_answers())

    def test_program_that_fills_in_everything_is_thanked_and_forgotten(self):
        page = self._send(website="https://spam.example")
        self.assertIn("Thank you", page.text)
        self.assertFalse(self._get_answers())
        self.assertFalse(self.env["res.partner"].search([("email", "=", "levin@farm.example")]))

    def test_mailbox_and_computer_have_a_limit(self):
        for _number in range(MOST_OF_ADDRESS):
            self._send()
        self.assertEqual(self._send().status_code, 429)
        self.assertEqual(len(self._get_answers()), MOST_OF_ADDRESS)
        for number in range(MOST_OF_IP - MOST_OF_ADDRESS):
            self._send(email=f"levin{number}@farm.example")
        self.assertEqual(self._send(email="other@farm.example").status_code, 429)
        self.assertEqual(len(self._get_answers()), MOST_OF_IP)

    def test_post_without_csrf_token_is_refused(self):
        data = {"name": "Levin", "email": "levin@farm.example", self.question: "Six"}
        self.assertEqual(self.url_open("/form/test-catalogue", data=data).status_code, 400)
        self.assertFalse(self._get_answers())

    def test_closed_form_and_wrong_address_are_not_there(self):
        self.form.active = False
        for path in ("/form/test-catalogue", "/form/nothing", "/form/test-catalogue/thanks"):
            with self.subTest(path=path):
                self.assertEqual(self.url_open(path).status_code, 404)

    def test_marketer_makes_forms_and_nobody_writes_answers(self):
        form = self.env["crm.landing.form"].with_user(self.marta).create({"name": "Visit us", "code": "test-visit"})
        self.assertEqual(form.answer_count, 0)
        with self.assertRaises(AccessError):
            form.env["crm.landing.answer"].create({"form_id": form.id})
        with self.assertRaises(AccessError):
            form.with_user(self.anna).name = "Mine"
        with self.assertRaisesRegex(ValidationError, "letters, digits and hyphens: a/b"):
            form.code = "a/b"
