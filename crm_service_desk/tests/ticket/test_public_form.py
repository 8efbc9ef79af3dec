from base64 import b64decode

from lxml import html

from odoo.tests import HttpCase, freeze_time, tagged

from ..common import DeskFixtures

PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


@tagged("post_install", "-at_install")
class TestPublicForm(DeskFixtures, HttpCase):
    """Visitors write without a login; nobody learns who is known here, floods the desk or posts from elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        cls.team.has_public_form = True

    def _read_token(self):
        page = self.url_open("/support")
        self.assertEqual(page.status_code, 200)
        return html.fromstring(page.text).xpath("//form//input[@name='csrf_token']/@value")[0]

    def _send(self, files=(), **values):
        data = {"sender": "Zoe", "email": "zoe@new.example", "name": "Help", "description": "<b>Fire</b>", **values}
        sent = [("files", (name, content)) for name, content in files]
        return self.url_open("/support/send", data={"csrf_token": self._read_token(), **data}, files=sent or None)

    def _tickets(self):
        return self.env["service.ticket"].search([("channel", "=", "form")])

    def test_visitor_opens_a_ticket(self):
        response = self._send()
        self.assertTrue(response.url.endswith("/support/thanks"))
        ticket = self._tickets()
        self.assertRecordValues(ticket, [{"name": "Help", "team_id": self.team.id, "category": "new"}])
        self.assertEqual((ticket.partner_id.name, ticket.partner_id.email), ("Zoe", "zoe@new.example"))
        self.assertIn("&lt;b&gt;Fire", ticket.description)

    def test_answer_is_the_same_for_a_known_customer(self):
        pages = [self._send(email=email).text for email in ("alice@acme.example", "nobody@far.example")]
        self.assertNotIn("Acme", pages[0])
        self.assertEqual(*(html.fromstring(page).xpath("string(//main)") for page in pages))
        self.assertIn(self.alice, self._tickets().partner_id)

    def test_form_asks_for_what_is_missing(self):
        for field, value in (("email", "no address"), ("name", " "), ("description", "")):
            with self.subTest(field=field):
                self.assertIn("Please fill in all fields", self._send(**{field: value}).text)
        self.assertFalse(self._tickets())

    def test_topic_asks_for_its_details(self):
        topic = self.env["service.category"].create({"name": "Chairs", "is_published": True})
        hidden = self.env["service.category"].create({"name": "Only ours", "is_published": False})
        topic.properties_definition = [
            {"name": "serial", "string": "Serial number", "type": "char"},
            {"name": "pieces", "string": "Pieces", "type": "integer"},
        ]
        page = self.url_open("/support").text
        self.assertIn("Serial number", page)
        self.assertNotIn("Only ours", page)
        details = {"property_serial": "X1", "property_pieces": "two"}
        answer = self._send(category_id=str(topic.id), **details).text
        self.assertIn("Pieces", html.fromstring(answer).xpath("string(//*[contains(@class, 'alert-danger')])"))
        self.assertIn('value="X1"', answer, "what was right is kept")
        self.assertFalse(self._tickets())
        self._send(category_id=str(topic.id), **{**details, "property_pieces": "2"})
        ticket = self._tickets()
        self.assertEqual((ticket.category_id, ticket.channel), (topic, "form"))
        self.assertEqual(ticket._describe_details(), [("Serial number", "X1"), ("Pieces", "2")])
        self._send(category_id=str(hidden.id), name="Another")
        self.assertFalse((self._tickets() - ticket).category_id, "a topic that is not published is not there")

    def test_too_many_messages_of_one_address_are_refused_for_an_hour(self):
        for number in range(5):
            self._send(name=f"Help {number}")
        self.assertIn("try again in an hour", self._send(name="One more").text)
        self.assertEqual(len(self._tickets()), 5)
        entries = self.env["service.form.entry"].search([])
        self.assertNotIn("127.0.0.1", entries[0].origin)
        with freeze_time("2036-01-01"):
            self.assertTrue(self.env["service.form.entry"]._is_allowed("127.0.0.1"))
            entries._gc_entries()
        self.assertFalse(entries.exists())

    def test_program_that_fills_everything_in_is_thanked_and_ignored(self):
        self.assertTrue(self._send(homepage="https://spam.example").url.endswith("/support/thanks"))
        self.assertFalse(self._tickets())

    def test_only_a_post_with_the_token_of_the_form_opens_a_ticket(self):
        self.assertEqual(self.url_open("/support/send?name=a&description=b").status_code, 405)
        self.assertEqual(self.url_open("/support/send", data={"name": "a", "description": "b"}).status_code, 400)
        self.assertFalse(self._tickets())

    def test_files_come_with_the_request(self):
        self._send([("smoke.png", PICTURE), ("C:\\log.txt", b"It smokes")])
        ticket = self._tickets()
        message = ticket.message_ids.filtered("attachment_ids")
        self.assertEqual(sorted(message.attachment_ids.mapped("name")), ["log.txt", "smoke.png"])
        self.assertEqual(message.attachment_ids.mapped("res_id"), [ticket.id] * 2)
        self.assertEqual((message.author_id, ticket.category), (ticket.partner_id, "new"))
        self.assertFalse(message.attachment_ids.filtered("public"))

    def test_files_that_are_too_many_too_large_or_dangerous_are_refused_by_name(self):
        cases = {
            "at most": [(f"{number}.txt", b"x") for number in range(6)],
            "huge.txt": [("small.txt", b"x"), ("huge.txt", b"x" * (10 * 2**20 + 1))],
            "page.txt": [("page.txt", b"\n <!DOCTYPE html><script>alert(1)</script>")],
            "drawing.png": [("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")],
            "tool.pdf": [("tool.pdf", b"MZ\x90\x00\x03" + bytes(200))],
        }
        for told, files in cases.items():
            with self.subTest(told=told):
                self.assertIn(told, self._send(files).text)
        self.assertFalse(self._tickets())
        self.assertFalse(self.env["service.form.entry"].search([]), "what was refused counts against nobody")

    def test_without_a_team_that_wants_it_there_is_no_form(self):
        self.env["service.team"].search([]).has_public_form = False
        for path in ("/support", "/support/thanks"):
            self.assertEqual(self.url_open(path).status_code, 404)
