from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import DeskFixtures


@tagged("post_install", "-at_install")
class TestArticles(DeskFixtures, HttpCase):
    """Answers are found by their words, suggested on tickets, and read by whom they are for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        cls.user = cls._create_portal_user(cls.alice)
        cls.public, cls.customer, cls.staff, cls.draft = cls.env["service.article"].create(
            [
                {
                    "name": f"Printer {audience}",
                    "body": "<p>Turn the smoking printer off and wait.</p>",
                    "audience": audience,
                    "is_published": is_published,
                }
                for audience, is_published in (
                    ("public", True),
                    ("customer", True),
                    ("staff", True),
                    ("public", False),
                )
            ]
        )

    def test_words_find_an_article_in_both_languages(self):
        Article = self.env["service.article"]
        russian = Article.create({"name": "Стол не поднимается", "body": "<p>Проверьте кнопки управления.</p>"})
        for text, found in (
            ("smoke", self.public + self.customer + self.staff + self.draft),
            ("printers waiting", self.public + self.customer + self.staff + self.draft),
            ("столы", russian),
            ("кнопка", russian),
            ("кнопка elephant", Article),
            ("!!! & | :*", Article),
        ):
            with self.subTest(text=text):
                self.assertEqual(Article.search([("text_search", "ilike", text)], order="id"), found)

    def test_ticket_is_offered_what_fits_it(self):
        ticket = self._create_ticket(name="My printer smokes").with_user(self.sven)
        self.assertEqual(set(ticket.suggested_article_ids.ids), set((self.public + self.customer + self.staff).ids))
        action = ticket.suggested_article_ids[0].with_context(ticket_id=ticket.id).action_send()
        self.assertEqual(action["context"]["default_res_ids"], ticket.ids)
        self.assertEqual(len(ticket.article_ids), 1)
        self.assertFalse(self._create_ticket(name="Elephants").suggested_article_ids)

    def test_articles_of_the_staff_are_never_linked_to_customers(self):
        ticket = self._create_ticket().with_user(self.sven)
        action = ticket.with_context(article_id=self.staff.id).action_send_article()
        self.assertFalse(action["context"]["default_body"])

    def test_article_starts_from_a_ticket(self):
        ticket = self._create_ticket(description="<p>Water helps</p>")
        self.assertIn("Water helps", ticket.action_write_article()["context"]["default_body"])

    def test_markup_that_runs_is_removed(self):
        self.public.with_user(self.sven).body = '<p>x<img src="x" onerror="alert(1)"><script>alert(2)</script></p>'
        self.assertNotIn("onerror", self.public.body)
        self.assertNotIn("script", self.public.body)

    def test_everybody_reads_what_is_for_him(self):
        clerk = new_test_user(self.env, "clerk_reader", "base.group_user")
        everything = self.public + self.customer + self.staff + self.draft
        readable = {
            self.env.ref("base.public_user"): self.public,
            self.user: self.public + self.customer,
            self.sven: everything,
        }
        for user, expected in readable.items():
            with self.subTest(user=user.login):
                self.assertEqual(everything.with_user(user)._filtered_access("read").ids, expected.ids)
        with self.assertRaises(AccessError):
            self.public.with_user(clerk).read(["name"])

    def _open(self, path):
        return self.url_open(path).status_code

    def test_pages_show_what_the_reader_may_read(self):
        ids = [article.id for article in (self.public, self.customer, self.staff, self.draft)]
        for login, expected in ((None, [200, 404, 404, 404]), (self.alice.email, [200, 200, 404, 404])):
            self.authenticate(login, login)
            with self.subTest(login=login):
                self.assertEqual([self._open(f"/support/articles/{number}") for number in ids], expected)
                page = self.url_open("/support/articles?search=smoking").text
                self.assertIn("Printer public", page)
                self.assertNotIn("Printer staff", page)

    def test_vote_is_a_post_with_a_token_and_counts_once(self):
        path = f"/support/articles/{self.public.id}"
        self.assertEqual(self._open(f"{path}/vote?helpful=1"), 405)
        self.assertEqual(self.url_open(f"{path}/vote", data={"helpful": "1"}).status_code, 400)
        token = html.fromstring(self.url_open(path).text).xpath("//input[@name='csrf_token']/@value")[0]
        for _time in "twice":
            self.url_open(f"{path}/vote", data={"helpful": "1", "csrf_token": token})
        self.public.invalidate_recordset()
        self.assertEqual((self.public.helpful_count, self.public.unhelpful_count), (1, 0))
