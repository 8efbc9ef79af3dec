from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestRuleEnds(FrontofficeCase):
    """When the cause has ended nobody is left with work that has no reason any more."""

    def _rule(self, name):
        rule = self.env.ref(f"crm_frontoffice.event_rule_{name}")
        rule.active = True
        return rule

    def _overdue(self, days=1):
        invoice = self._create_invoice(invoice_date="2026-06-01", invoice_date_due="2026-06-20")
        self._scan(fields.Date.add(invoice.invoice_date_due, days=days))
        return invoice

    def _scan(self, day):
        with freeze_time(f"{day} 06:00:00"):
            self.env["crm.event.scan"]._cron_scan()
            self._process()

    def _process(self):
        with trap_jobs():
            self.env["crm.event.firing"]._process_pending()

    def test_payment_takes_the_call_back_and_says_so(self):
        rule = self._rule("invoice_overdue")
        invoice = self._overdue()
        self.assertEqual(len(invoice.activity_ids), 1)
        self._pay(invoice)
        self._process()
        self.assertFalse(invoice.activity_ids)
        self.assertIn("No longer needed", invoice.message_ids[0].body)
        self.assertNotIn("call_out", self._codes(self.customer), "Nobody has called")
        self.assertTrue(all(rule.firing_ids.effect_ids.mapped("date_ended")))

    def test_work_that_was_done_stays_done(self):
        self._rule("invoice_overdue")
        invoice = self._overdue()
        invoice.activity_ids.action_feedback("He will pay on Friday")
        self._pay(invoice)
        self._process()
        self.assertFalse(any("No longer needed" in message.body for message in invoice.message_ids))

    def test_payment_of_another_invoice_ends_nothing(self):
        self._rule("invoice_overdue")
        invoice, other = self._overdue(), self._create_invoice()
        self._pay(other)
        self._process()
        self.assertEqual(len(invoice.activity_ids), 1)

    def test_hold_with_two_causes_is_released_with_the_last(self):
        self._rule("invoice_overdue_30")
        first, second = self._overdue(30), self._overdue(30)
        hold = self.customer.hold_ids
        self.assertEqual((len(hold), hold.level, self.customer.hold_state), (1, "stop", "stop"))
        self._pay(first)
        self._process()
        self.assertTrue(hold.is_current)
        self._pay(second)
        self._process()
        self.assertFalse(hold.is_current)
        self.assertFalse(self.customer.hold_state)

    def test_rule_answers_on_its_day_and_not_before(self):
        rule = self._rule("invoice_overdue_7")
        invoice = self._overdue(1)
        self.assertFalse(rule.firing_ids)
        self._scan("2026-06-27")
        self.assertEqual(len(invoice.activity_ids), 1)
        self._scan("2026-07-20")
        self.assertEqual(len(rule.firing_ids), 1)

    def test_what_waits_is_dropped_when_the_cause_ends_first(self):
        rule = self._rule("invoice_overdue")
        rule.delay_hours = 48
        invoice = self._overdue()
        self.assertEqual((rule.firing_ids.state, len(invoice.activity_ids)), ("pending", 0))
        self._pay(invoice)
        self._process()
        with freeze_time("2026-06-30 10:00:00"):
            self._process()
        self.assertEqual(sorted(rule.firing_ids.mapped("state")), ["done", "ended"])
        self.assertFalse(invoice.activity_ids)

    def test_what_waits_is_done_when_its_time_has_come(self):
        self._rule("invoice_overdue").delay_hours = 48
        invoice = self._overdue()
        with freeze_time("2026-06-23 05:00:00"):
            self._process()
        self.assertFalse(invoice.activity_ids)
        with freeze_time("2026-06-23 07:00:00"):
            self._process()
        self.assertEqual(len(invoice.activity_ids), 1)

    def test_rehearsal_counts_the_past_and_does_nothing(self):
        rule = self.env.ref("crm_frontoffice.event_rule_big_order")
        rule.source_domain = "[('amount_untaxed', '>=', 500)]"
        for quantity in (1, 6, 7):
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": quantity})],
                }
            )
            order.action_confirm()
        action = rule.with_user(self.maria).action_rehearse()
        self.assertIn("2 times in 30 days", action["name"])
        self.assertEqual(self.env["crm.event"].search_count(action["domain"]), 2)
        self.assertFalse(rule.firing_ids)
