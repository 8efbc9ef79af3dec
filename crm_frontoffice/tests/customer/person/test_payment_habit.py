from odoo.tests import freeze_time, tagged

from ...common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestPaymentHabit(FrontofficeCase):
    """How a customer pays is learned from what he paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.group_ids += cls.env.ref("crm_frontoffice.group_personal_data")
        journals = cls.env["account.journal"].create(
            [{"name": name, "type": kind, "code": name[:5]} for name, kind in (("Bankx", "bank"), ("Cashx", "cash"))]
        )
        cls.bank, cls.cash = (journal.inbound_payment_method_line_ids[:1] for journal in journals)
        cls.habits = cls.env["crm.payment.habit"]

    def _receive(self, *lines, partner=None):
        payments = self.env["account.payment"].create(
            [
                {
                    "partner_id": (partner or self.customer).id,
                    "amount": 10,
                    "journal_id": line.journal_id.id,
                    "payment_method_line_id": line.id,
                }
                for line in lines
            ]
        )
        payments.action_post()
        return payments

    def _learn(self):
        self.habits._cron_learn()
        self.env.invalidate_all()

    def test_most_used_way_is_told_with_its_counts(self):
        self._receive(self.bank, self.bank, self.cash)
        self._learn()
        habit = self.customer.with_user(self.anna).payment_habit
        self.assertEqual(habit, f"{self.bank.display_name}, 2 of 3")

    def test_habit_changes_and_ends_with_the_payments(self):
        payments = self._receive(self.bank)
        self._learn()
        more = self._receive(self.cash, self.cash)
        self._learn()
        self.assertIn("2 of 3", self.customer.with_user(self.anna).payment_habit)
        (payments | more).action_draft()
        self._learn()
        self.assertFalse(self.customer.with_user(self.anna).payment_habit)

    def test_learning_costs_two_statements_and_a_second_night_writes_nothing(self):
        self._receive(self.bank, self.cash, self.bank)
        self._learn()
        before = self.habits.search([]).read(["method_count"])
        with self.assertQueryCount(2):
            self.habits._cron_learn()
        self.assertEqual(self.env.cr.rowcount, 0)
        self.assertEqual(self.habits.search([]).read(["method_count"]), before)

    def test_merge_keeps_the_richer_habit(self):
        self._receive(self.bank, self.bank)
        self._receive(self.cash, partner=self.contact)
        self._learn()
        self.habits._premerge_partners(self.contact.ids, self.customer.id)
        habit = self.habits.search([("partner_id", "in", (self.customer | self.contact).ids)])
        self.assertEqual((habit.partner_id, habit.method_line_id), (self.customer, self.bank))
