from lxml import html

from odoo.tests import HttpCase, tagged

from ..common import DeskFixtures


@tagged("post_install", "-at_install")
class TestPortalPages(DeskFixtures, HttpCase):
    """The customer's pages: what he sees, and that only a POST with a token from his own page changes anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        for partner in (cls.alice, cls.bob):
            cls._create_portal_user(partner)
        cls.ticket = cls._create_ticket(name="Alice has smoke")
        cls.foreign = cls._create_ticket(name="Bob has a secret", partner_id=cls.bob.id)

    def setUp(self):
        super().setUp()
        self.authenticate(self.alice.email, self.alice.email)

    def _open(self, path):
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        return response

    def _submit(self, page, action, **values):
        """Send the form of a page, with the token that the page holds."""
        (form,) = html.fromstring(self._open(page).text).xpath(f"//form[@action='{action}']")
        token = form.xpath(".//input[@name='csrf_token']/@value")[0]
        return self.url_open(action, data={"csrf_token": token, **values})

    def test_list_shows_own_tickets(self):
        for page in ("", "?search=secret", "?filterby=open&sortby=name", "/page/2"):
            with self.subTest(page=page):
                self.assertNotIn("Bob has", self._open(f"/my/tickets{page}").text)
        self.assertIn("Alice has smoke", self._open("/my/tickets").text)
        self.assertIn("Alice has smoke", self._open(f"/my/tickets?search={self.ticket.number}").text)
        self.assertNotIn("Alice has smoke", self._open("/my/tickets?filterby=ended").text)
        self.assertEqual(self._open("/my/tickets?sortby=nonsense&filterby=nonsense").status_code, 200)

    def test_foreign_ticket_cannot_be_guessed(self):
        response = self._open(f"/my/tickets/{self.foreign.id}")
        self.assertTrue(response.url.endswith("/my"))
        self.assertNotIn("Bob has", response.text)
        self.assertNotIn("Bob has", self._open(f"/my/tickets/{self.foreign.id}?access_token=guess").text)
        self.assertTrue(self._open("/my/tickets/999999999").url.endswith("/my"))

    def test_counter_counts_own_tickets(self):
        response = self.make_jsonrpc_request("/my/counters", {"counters": ["ticket_count"]})
        self.assertEqual(response["ticket_count"], 1)

    def test_page_tells_nothing_internal(self):
        self._note(self.ticket)
        page = self._open(f"/my/tickets/{self.ticket.id}").text
        self.assertIn(self.ticket.number, page)
        self.assertNotIn("Difficult person", page)
        self.assertNotIn("SLA", page)

    def test_customer_opens_a_ticket(self):
        self._submit(
            "/my/tickets/new", "/my/tickets/create", name=" New trouble ", description="<b>Fire</b>\nand smoke"
        )
        ticket = self.env["service.ticket"].search([("name", "=", "New trouble")])
        self.assertRecordValues(
            ticket, [{"partner_id": self.alice.id, "channel": "portal", "user_id": False, "category": "new"}]
        )
        self.assertIn("&lt;b&gt;Fire", ticket.description)
        self.assertTrue(ticket.team_id and ticket.sla_status_ids)

    def test_form_asks_for_what_is_missing(self):
        response = self._submit("/my/tickets/new", "/my/tickets/create", name="Only a subject", description=" ")
        self.assertIn("Please give a subject", response.text)
        self.assertIn("Only a subject", response.text)
        self.assertIn("</textarea>", self._open("/my/tickets/new").text)
        self.assertFalse(self.env["service.ticket"].search([("name", "=", "Only a subject")]))

    def test_customer_without_access_opens_nothing(self):
        self.alice.portal_ticket_access = "none"
        self.assertTrue(self._open("/my/tickets/new").url.endswith("/my"))
        self.assertNotIn("New Ticket", self._open("/my/tickets").text)

    def test_customer_closes_and_reopens(self):
        page = f"/my/tickets/{self.ticket.id}"
        self._submit(page, f"{page}/close")
        self.assertEqual(self.ticket.category, "solved")
        self._submit(page, f"{page}/reopen")
        self.assertEqual(self.ticket.category, "open")

    def test_get_changes_nothing(self):
        count = self.env["service.ticket"].search_count([])
        page = f"/my/tickets/{self.ticket.id}"
        for path in (f"{page}/close", f"{page}/reopen", "/my/tickets/create?name=a&description=b"):
            with self.subTest(path=path):
                self.assertEqual(self.url_open(path).status_code, 405)
        self.assertEqual((self.ticket.category, self.env["service.ticket"].search_count([])), ("new", count))

    def test_post_without_token_changes_nothing(self):
        page = f"/my/tickets/{self.ticket.id}"
        for path in (f"{page}/close", "/my/tickets/create"):
            with self.subTest(path=path):
                self.assertEqual(self.url_open(path, data={"name": "a", "description": "b"}).status_code, 400)
        self.assertEqual(self.ticket.category, "new")

    def test_foreign_ticket_cannot_be_closed_with_an_own_token(self):
        token = html.fromstring(self._open("/my/tickets/new").text).xpath("//input[@name='csrf_token']/@value")[0]
        self.foreign._portal_ensure_token()
        for extra in ({}, {"access_token": self.foreign.access_token}):
            self.url_open(f"/my/tickets/{self.foreign.id}/close", data={"csrf_token": token, **extra})
            self.assertEqual(self.foreign.category, "new")

    def test_visitor_is_sent_to_the_login(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/tickets").url)
        self.assertNotIn("Alice has", self.url_open(f"/my/tickets/{self.ticket.id}").text)

    def test_link_shows_the_ticket_but_its_reader_cannot_close_it(self):
        token = self.ticket._portal_ensure_token()
        self.authenticate(None, None)
        page = self._open(f"/my/tickets/{self.ticket.id}?access_token={token}").text
        self.assertIn("Alice has smoke", page)
        self.assertNotIn("/close", page)

    def _post_message(self, ticket):
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "service.ticket",
                "thread_id": ticket.id,
                "post_data": {"body": "It smokes again", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
            },
        )

    def test_message_in_the_portal_wakes_the_ticket(self):
        self._move(self.ticket, "solved")
        self._post_message(self.ticket)
        self.assertEqual(self.ticket.category, "open")
        self.assertEqual(self.ticket.message_ids.filtered("body")[:1].author_id, self.alice)

    def test_message_to_a_foreign_ticket_is_refused(self):
        before = self.foreign.message_ids
        with self.assertRaises(Exception):  # noqa: B017 the controller answers with an error of the client library
            self._post_message(self.foreign)
        self.assertEqual(self.foreign.message_ids, before)

    def _create_topic(self):
        return self.env["service.category"].create(
            {
                "name": "Printers",
                "properties_definition": [
                    {"name": "serial", "type": "char", "string": "Serial number"},
                    {"name": "pages", "type": "integer", "string": "Pages printed"},
                    {"name": "colour", "type": "selection", "string": "Colour", "selection": [["r", "Red"]]},
                    {"name": "owner", "type": "many2one", "string": "Owner", "comodel": "res.partner"},
                ],
            }
        )

    def test_topic_asks_for_its_details_and_the_customer_reads_his_answers(self):
        topic = self._create_topic()
        page = self._open("/my/tickets/new").text
        self.assertIn("Serial number", page)
        self.assertNotIn("Owner", page, "nobody searches in our records")
        values = {"name": "Smoke", "description": "Much", "category_id": topic.id}
        answers = {"property_serial": "X<1>", "property_pages": "12", "property_colour": "r", "property_owner": "1"}
        response = self._submit("/my/tickets/new", "/my/tickets/create", **values, **answers)
        ticket = self.env["service.ticket"].search([("name", "=", "Smoke")])
        self.assertTrue(response.url.endswith(f"/my/tickets/{ticket.id}"))
        self.assertEqual((ticket.category_properties["serial"], ticket.category_properties["pages"]), ("X<1>", 12))
        self.assertFalse(ticket.category_properties.get("owner"))
        for text in ("Serial number", "X&lt;1&gt;", "Red"):
            self.assertIn(text, response.text)

    def test_answer_that_is_no_number_is_asked_for_again(self):
        values = {"name": "Smoke", "description": "Much", "category_id": self._create_topic().id}
        response = self._submit("/my/tickets/new", "/my/tickets/create", **values, property_pages="many")
        self.assertIn(
            "Pages printed", html.fromstring(response.text).xpath("string(//div[contains(@class, 'alert-danger')])")
        )
        self.assertIn("Much", response.text, "what was written is not lost")
        self.assertFalse(self.env["service.ticket"].search([("name", "=", "Smoke")]))

    def test_hidden_topic_takes_no_answers(self):
        topic = self._create_topic()
        topic.is_published = False
        values = {"name": "Smoke", "description": "Much", "category_id": topic.id, "property_serial": "X"}
        self._submit("/my/tickets/new", "/my/tickets/create", **values)
        ticket = self.env["service.ticket"].search([("name", "=", "Smoke")])
        self.assertFalse(ticket.category_id)
        self.assertFalse(ticket.category_properties)
