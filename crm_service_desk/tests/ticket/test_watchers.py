from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from ..common import DeskFixtures


@tagged("post_install", "-at_install")
class TestWatchers(DeskFixtures, MailCommon):
    """Who watches a ticket reads along with the customer, by mail, and sees nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        cls.ticket = cls._create_ticket(name="The lift is stuck")
        cls.ticket.with_user(cls.sven).watcher_ids = cls.bob

    def _get_notified(self, message):
        return message.notification_ids.res_partner_id

    def test_watcher_gets_answers_and_what_the_customer_writes(self):
        with self.mock_mail_gateway():
            answer = self._answer(self.ticket)
            words = self._write_as_customer(self.ticket)
        self.assertEqual(self._get_notified(answer), self.alice + self.bob)
        self.assertIn(self.bob, self._get_notified(words))
        self.assertNotIn(self.bob, self.ticket.message_partner_ids, "watching is not following")

    def test_notes_are_not_for_watchers(self):
        with self.mock_mail_gateway():
            self.assertNotIn(self.bob, self._get_notified(self._note(self.ticket)))

    def test_watcher_hears_once_and_never_of_his_own_words(self):
        self.ticket.message_subscribe(self.bob.ids)
        with self.mock_mail_gateway():
            answer = self._answer(self.ticket)
            words = self.ticket.message_post(
                body="I agree", author_id=self.bob.id, message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(len(answer.notification_ids.filtered(lambda row: row.res_partner_id == self.bob)), 1)
        self.assertNotIn(self.bob, self._get_notified(words))

    def test_watching_opens_nothing_in_the_portal(self):
        user = self._create_portal_user(self.bob)
        self.assertFalse(self.ticket.with_user(user).has_access("read"))
        with self.mock_mail_gateway():
            self._answer(self.ticket)
        (mail,) = self._new_mails.filtered(lambda mail: self.bob in mail.recipient_ids)
        self.assertNotIn("access_token", mail.body_html)

    def test_customer_does_not_see_who_watches(self):
        user = self._create_portal_user(self.alice)
        self.assertNotIn("watcher_ids", self.ticket.with_user(user).fields_get())

    def test_watchers_of_merged_tickets_watch_on_and_leave_with_them(self):
        source = self._create_ticket()
        source.watcher_ids = self.adam + self.bob
        source._merge_into(self.ticket)
        self.assertEqual(self.ticket.watcher_ids, self.bob + self.adam)
        source.with_user(self.sven).action_undo_merge()
        self.assertEqual((self.ticket.watcher_ids, source.watcher_ids), (self.bob, self.adam + self.bob))
