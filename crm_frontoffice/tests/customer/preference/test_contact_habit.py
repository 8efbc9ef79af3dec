import doctest
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from ....models.customer.preference import crm_contact_habit, habit
from ...common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestContactHabit(FrontofficeCase):
    """How a customer is best reached is learned from what he answered; what somebody said wins."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.habits = cls.env["crm.contact.habit"]
        cls.contact.tz = "Asia/Vladivostok"  # ten hours ahead
        cls.spouse = cls.env["res.partner"].create({"name": "Alexei", "tz": "UTC"})

    def _talk(self, code, tries, answered=0, partner=None, hour=0, answer="message_in", after=2, **payload):
        """Contacts on as many days, of which the first ones are answered some hours later."""
        partner = partner or self.contact
        vals_list = []
        for day in range(tries):
            date = fields.Datetime.now() - timedelta(days=100 - 10 * day, hours=10 - hour)
            vals_list.append({"code": code, "partner_id": partner.id, "date": date, "payload": payload or None})
            if day < answered:
                vals_list.append({"code": answer, "partner_id": partner.id, "date": date + timedelta(hours=after)})
        return self.env["crm.event"]._append(vals_list)

    def _learn(self, *partners):
        self.env.flush_all()
        self.habits._learn(self.env["res.partner"].union(*partners) or self.contact)
        self.env.invalidate_all()

    def test_examples_hold(self):
        result = doctest.testmod(habit)
        self.assertTrue(result.attempted and not result.failed)

    def test_channel_and_time_of_answers_are_learned_in_the_customers_time_zone(self):
        self._talk("sms_out", 6, answered=5, hour=0)  # ten in the morning in Vladivostok
        self._talk("message_out", 6, answered=0, hour=5)
        self._learn()
        contact = self.contact.with_user(self.anna)
        self.assertEqual((contact.preferred_channel, contact.preferred_daypart), ("sms", "morning"))
        self.assertEqual(contact.contact_habit, "Answers SMS, mornings; 5 of 6")

    def test_luck_does_not_beat_experience(self):
        self._talk("sms_out", 1, answered=1)
        self._learn()
        self.assertFalse(self.contact.preferred_channel)

    def test_late_answer_is_none_and_a_call_that_lasted_is_one(self):
        self._talk("sms_out", 4, answered=4, after=30)
        self._talk("call_out", 4, hour=5, minutes=3)
        self._learn()
        self.assertEqual(self.contact.preferred_channel, "phone")

    def test_what_was_chosen_by_hand_is_never_overwritten(self):
        contact = self.contact.with_user(self.maria)
        contact.preferred_channel = "phone"
        self._talk("sms_out", 6, answered=6)
        self._learn()
        self.assertEqual((contact.preferred_channel, contact.preferred_daypart), ("phone", "morning"))
        self.assertEqual(contact.contact_habit, "Set by hand: Phone. Answers SMS, mornings; 6 of 6")
        contact.preferred_channel = False
        self.assertEqual(contact.preferred_channel, "sms")

    def test_customers_are_found_by_their_channel(self):
        self._talk("sms_out", 6, answered=6)
        self._learn()
        found = self.env["res.partner"].with_user(self.anna).search([("preferred_channel", "=", "sms")])
        self.assertIn(self.contact, found)
        self.assertNotIn(self.spouse, found)

    def test_learning_of_many_costs_what_one_costs(self):
        partners = self.env["res.partner"].create([{"name": f"Reader {i}"} for i in range(30)])
        for partner in partners:
            self._talk("sms_out", 3, answered=2, partner=partner)
        self._learn(partners[0])
        for some in (partners[:2], partners):
            self.env.invalidate_all()
            self.env.company.partner_id.tz  # noqa: B018 - into the cache
            with self.assertQueryCount(2):
                self.habits._learn(some)
        self.assertEqual(self.habits.search_count([("partner_id", "in", partners.ids), ("channel", "=", "sms")]), 30)

    def test_night_goes_on_where_it_was_interrupted(self):
        self._talk("sms_out", 4, answered=4)
        self._talk("message_out", 4, answered=4, partner=self.spouse)
        cursor = self.env["crm.event.cursor"]._get(crm_contact_habit.READER)
        first = self.env["crm.event"].search(
            [("partner_id", "in", (self.contact | self.spouse).ids)], order="id", limit=1
        )
        cursor.write({"transaction": first.transaction, "last_id": first.id - 1})
        commits = []
        horizon = patch.object(self.env.registry["crm.event"], "_horizon", lambda self: 2**62)
        with horizon, patch.object(crm_contact_habit, "BATCH", 8):
            stop = patch.object(
                self.env.registry["ir.cron"], "_commit_progress", lambda self, *a, **k: commits.append(1) and 0
            )
            with stop:
                self.habits._cron_learn()
            self.assertEqual(len(commits), 1, "the time was over after one batch")
            self.assertTrue(self.habits.search([("partner_id", "=", self.contact.id)]))
            self.assertFalse(self.habits.search([("partner_id", "=", self.spouse.id)]))
            with patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda self, *a, **k: 60):
                self.habits._cron_learn()
            self.assertEqual(self.habits.search([("partner_id", "=", self.spouse.id)]).channel, "email")
            self.assertFalse(cursor._read_next(10))

    def test_merge_keeps_what_was_chosen(self):
        self._talk("sms_out", 6, answered=6)
        self._learn()
        self.spouse.preferred_channel = "post"
        self.habits._premerge_partners(self.spouse.ids, self.contact.id)
        self.env.invalidate_all()
        self.assertEqual(self.contact.preferred_channel, "post")
