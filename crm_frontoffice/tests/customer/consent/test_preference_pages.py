from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import ConsentFixtures


@tagged("post_install", "-at_install")
class TestPreferencePages(ConsentFixtures, HttpCase):
    """A customer decides on his own page, in the portal or by a signed link, by POST only."""

    def _get(self, url):
        return self.url_open(url.removeprefix(self.env["res.partner"].get_base_url()))

    def _post(self, url, **values):
        path = url.removeprefix(self.env["res.partner"].get_base_url())
        token = html.fromstring(self._get(url).text).xpath("//input[@name='csrf_token']/@value")[0]
        return self.url_open(path, data={"csrf_token": token, **values})

    def _log_in(self):
        user = new_test_user(self.env, "karenina", groups="base.group_portal", partner_id=self.contact.id)
        self.authenticate(user.login, user.login)

    def test_portal_user_agrees_and_stops_all_of_it(self):
        self._log_in()
        self.assertIn("Send me news.", self._get("/my/preferences").text)
        page = self._post("/my/preferences", **{"test_events:email": "1", "test_survey:sms": "1"})
        self.assertIn("Your choice is saved", page.text)
        self.assertEqual(self._state(purpose=self.events), "granted", "the login shows who he is: no second mail")
        self.assertEqual(self._state(purpose=self.survey), "refused", "a switch that was on is off")
        self.assertIsNone(self._state(purpose=self.survey, channel="sms"), "nothing changed there")
        event = self.contact.consent_event_ids.filtered(lambda row: row.purpose_id == self.events)
        self.assertEqual((event.source, event.wording), ("portal", "Invite me to events."))
        self.assertTrue(event.ip)
        self._post("/my/preferences", stop_all="1", **{"test_events:email": "1"})
        self.assertEqual(self._state(purpose=self.events), "refused")

    def test_saving_without_a_change_leaves_no_trace(self):
        self._log_in()
        self._post("/my/preferences", **{f"test_survey:{channel}": "1" for channel in ("email", "sms", "phone")})
        self.assertFalse(self.contact.consent_event_ids)

    def test_visitor_is_sent_to_the_login(self):
        self.assertIn("/web/login", self._get("/my/preferences").url)

    def test_signed_link_works_without_login(self):
        url = self.contact._get_preferences_url()
        page = self._get(url)
        self.assertIn("Send me news.", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self._post(url, **{"test_news:email": "1"})
        self.assertEqual(self._log(purpose=self.news), [("given", "link")])

    def test_opening_links_changes_nothing(self):
        self._decide("requested", purpose=self.events, source="form")
        before = len(self.contact.consent_event_ids)
        self._get(self.contact._get_consent_confirmation_url())
        self._get(self.contact._get_preferences_url() + "?stop_all=1")
        self.env.invalidate_all()
        self.assertEqual(len(self.contact.consent_event_ids), before)

    def test_post_without_csrf_token_is_refused(self):
        self._decide("requested", purpose=self.events, source="form")
        for url in (self.contact._get_preferences_url(), self.contact._get_consent_confirmation_url()):
            path = url.removeprefix(self.env["res.partner"].get_base_url())
            self.assertEqual(self.url_open(path, data={"test_news:email": "1"}).status_code, 400)
        self.assertIsNone(self._state())
        self.assertEqual(self._state(purpose=self.events), "pending")

    def test_link_that_was_changed_is_refused(self):
        url = self.contact._get_preferences_url()
        wrong = [url[:-3] + "abc", url + "A", "/preferences/nonsense", "/preferences/%00", "/consent/confirm/x"]
        wrong.append(url.replace("/preferences/", "/consent/confirm/"))  # made for another page
        for path in wrong:
            with self.subTest(path=path):
                self.assertEqual(self._get(path).status_code, 404)

    def test_link_ends_with_its_time_and_with_its_address(self):
        url = self.contact._get_preferences_url()
        with freeze_time(fields.Datetime.now() + timedelta(days=401)):
            partner, _rest = self.env["res.partner"]._read_token("crm_frontoffice.preferences", url.rsplit("/", 1)[1])
        self.assertFalse(partner)
        self.contact.email = "new@acme.example"
        self.assertEqual(self._get(url).status_code, 404)

    def test_confirmation_link_counts_once_and_only_by_the_button(self):
        self._decide("given", purpose=self.events, source="form")
        self.assertEqual(self._state(purpose=self.events), "pending")
        url = self.contact._get_consent_confirmation_url()
        self.assertIn("Invite me to events.", self._get(url).text)
        self.assertEqual(self._state(purpose=self.events), "pending")
        self.assertIn("it is confirmed", self._post(url).text)
        self.assertEqual(self._state(purpose=self.events), "granted")
        self.assertIn("it is confirmed", self._post(url).text)
        self.assertEqual(self._log(purpose=self.events), [("requested", "form"), ("confirmed", "confirmation")])

    def test_old_confirmation_link_does_not_undo_a_later_no(self):
        self._decide("given", purpose=self.events, source="form", date="2026-01-01 10:00:00")
        url = self.contact._get_consent_confirmation_url()
        self._decide("withdrawn", purpose=self.events)
        self.assertIn("nothing left to confirm", self._post(url).text)
        self.assertEqual(self._state(purpose=self.events), "refused")

    def test_page_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.news.with_context(lang="ru_RU").wording = "Присылайте мне новости."
        self.contact.lang = "ru_RU"
        url = self.contact._get_preferences_url()
        self.assertIn("Присылайте мне новости.", self._get(url).text)
        self._post(url, **{"test_news:email": "1"})
        event = self.contact.consent_event_ids.filtered(lambda row: row.purpose_id == self.news)
        self.assertEqual(event.wording, "Присылайте мне новости.", "what he read is kept")

    def test_customer_says_how_he_is_reached_best(self):
        url = self.contact._get_preferences_url()
        self._post(url, preferred_channel="sms", preferred_daypart="evening")
        self._post(url, preferred_channel="sms", preferred_daypart="nonsense")
        self.env.invalidate_all()
        self.assertEqual((self.contact.preferred_channel, self.contact.preferred_daypart), ("sms", "evening"))
        self.assertEqual(self.contact.contact_habit, "Wished by the customer: SMS, Evenings")
