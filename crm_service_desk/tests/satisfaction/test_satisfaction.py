from lxml import html

from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.mail.tests.common import MailCommon

from ..common import MONDAY, DeskFixtures


@tagged("post_install", "-at_install")
class TestSatisfaction(DeskFixtures, MailCommon, HttpCase):
    """After the end the customer is asked once; opening the link stores nothing, sending the page does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        cls.team.rating_template_id = cls.env.ref("crm_service_desk.mail_template_rating")

    def _create_ended(self, moment, **values):
        with freeze_time(moment):
            ticket = self._create_ticket(**values)
            ticket.action_solve()
            self.env.flush_all()
        return ticket

    def _ask(self, moment):
        with freeze_time(moment), self.mock_mail_gateway():
            tickets = self.env["service.ticket"]._find_unrated(self.team)
            tickets._ask_rating(self.team)
        return self._new_mails

    def test_customer_is_asked_once_after_a_day(self):
        ticket = self._create_ended(MONDAY)
        self.assertFalse(self._ask("2026-06-15 20:00:00"))
        (mail,) = self._ask("2026-06-16 09:00:00")
        self.assertEqual(mail.recipient_ids, self.alice)
        self.assertIn("/rate/", mail.body_html)
        self.assertFalse(self._ask("2026-06-16 10:00:00"))
        self.assertFalse(ticket.date_first_answer, "the question is no answer")

    def test_nobody_is_asked_too_often_or_too_late(self):
        self._create_ended(MONDAY)
        self._create_ended(MONDAY)
        self._create_ended("2026-06-01 08:00:00", partner_id=self.bob.id)
        self.assertEqual(len(self._ask("2026-06-16 09:00:00")), 1)
        self._create_ended("2026-06-20 08:00:00")
        self.assertFalse(self._ask("2026-06-21 09:00:00"))
        self._create_ended("2026-08-20 08:00:00")
        self.assertEqual(len(self._ask("2026-08-21 09:00:00")), 1)

    def test_open_and_merged_tickets_are_not_asked_about(self):
        with freeze_time(MONDAY):
            first, second = self._create_ticket(), self._create_ticket()
            second._merge_into(first)
            self.env.flush_all()
        self.assertFalse(self._ask("2026-06-16 09:00:00"))

    def _send_mark(self, token, rate):
        page = self.url_open(f"/rate/{token}/{rate}")
        csrf = html.fromstring(page.text).xpath("//input[@name='csrf_token']/@value")[0]
        data = {"rate": rate, "feedback": "So slow", "csrf_token": csrf}
        return self.url_open(f"/rate/{token}/submit_feedback", data=data)

    def test_opened_link_stores_nothing_and_the_sent_page_does(self):
        ticket = self._create_ended(MONDAY)
        token = ticket._rating_get_access_token()
        self.assertEqual(self.url_open(f"/rate/{token}/1").status_code, 200)
        self.assertEqual(ticket.rating_count, 0)
        self.assertEqual(self._send_mark(token, 1).status_code, 200)
        ticket.invalidate_recordset()
        self.assertEqual((ticket.rating_count, ticket.rating_last_value), (1, 1))
        self.assertEqual(ticket.category, "solved", "a mark wakes nobody")
        self.assertEqual(ticket.activity_ids.user_id, self.lena)

    def test_good_mark_gives_nobody_something_to_do(self):
        ticket = self._create_ended(MONDAY)
        self._send_mark(ticket._rating_get_access_token(), 5)
        ticket.invalidate_recordset()
        self.assertEqual((ticket.rating_last_value, ticket.activity_ids.ids), (5, []))

    def test_customers_own_message_after_a_mark_wakes_the_ticket(self):
        ticket = self._create_ended(MONDAY)
        with freeze_time("2026-06-15 09:00:00"):
            ticket.rating_apply(5, token=ticket._rating_get_access_token())
            self._write_as_customer(ticket)
        self.assertEqual(ticket.category, "open")
