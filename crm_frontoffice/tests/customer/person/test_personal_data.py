import io
import json
import zipfile

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import PersonFixtures


@tagged("post_install", "-at_install")
class TestPersonalData(PersonFixtures, HttpCase):
    """What is known about a person is shown on a page and given to him as a file; both is logged."""

    def setUp(self):
        super().setUp()
        self._live()
        self.path = f"/crm/personal-data/{self.person.id}"

    def test_page_shows_facts_messages_and_deals(self):
        self.authenticate("officer_test", "officer_test")
        page = self.url_open(self.path)
        for text in ("Zinaida likes chairs", "Zinaida Qwertova called", "Tables for Zinaida", "Widowed", "QWERTOVA1"):
            self.assertIn(text, page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        log = self.env["crm.privacy.log"].search([("partner_id", "=", self.person.id)])
        self.assertEqual((log.action, log.user_id), ("shown", self.officer))
        self.assertNotIn("Qwertova", log.details)

    def test_export_has_a_page_for_people_and_data_for_machines(self):
        self.authenticate("officer_test", "officer_test")
        archive = zipfile.ZipFile(io.BytesIO(self.url_open(f"{self.path}/export").content))
        self.assertIn("Zinaida", archive.read("personal-data.html").decode())
        sections = json.loads(archive.read("personal-data.json"))
        self.assertIn("Deals", [section["label"] for section in sections])
        self.assertEqual(self.env["crm.privacy.log"].search([], limit=1).action, "exported")

    def test_nobody_without_the_right_sees_or_exports(self):
        for login in ("maria_test", "anna_test", "zinaida@qwertova.example"):
            self.authenticate(login, login)
            for path in (self.path, f"{self.path}/export"):
                with self.subTest(login=login, path=path):
                    answer = self.url_open(path)
                    self.assertEqual(answer.status_code, 403)
                    self.assertNotIn("likes chairs", answer.text)

    def test_visitor_is_sent_to_the_login(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(self.path).url)

    def test_button_asks_for_the_right(self):
        self.assertTrue(self.person.with_user(self.officer).action_open_personal_data())
        with self.assertRaises(AccessError):
            self.person.with_user(self.maria).action_open_personal_data()
        with self.assertRaises(AccessError):
            self.env["crm.privacy.request"].with_user(self.maria).create({"partner_id": self.person.id})
