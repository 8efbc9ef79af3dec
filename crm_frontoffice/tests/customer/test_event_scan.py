from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestEventScan(FrontofficeCase):
    """What only time causes is found daily, told once, and one failing search stops no other."""

    def _scan(self, now=None):
        with freeze_time(now or "2026-06-15 10:00:00"):
            self.env["crm.event.scan"]._cron_scan()

    def _row(self, code):
        return self.env["crm.event.progress"].search([("code", "=", code)])

    def _events(self, code):
        return self.env["crm.event"].search([("type_id.code", "=", code)], order="id")

    # ---- invoices

    def test_overdue_invoice_is_told_on_each_of_the_set_days(self):
        invoice = self._create_invoice(invoice_date_due="2026-06-20")
        for day in ("2026-06-21", "2026-06-26", "2026-06-27", "2026-07-19", "2026-07-20", "2026-12-31"):
            self._scan(f"{day} 05:00:00")
        events = self._events("invoice_overdue")
        self.assertEqual([(str(event.date.date()), event.payload["days"]) for event in events],
                         [("2026-06-21", 1), ("2026-06-27", 7), ("2026-07-20", 30)])  # fmt: skip
        self.assertEqual([event.payload.get("again", False) for event in events], [False, True, True])
        self.assertEqual(events.mapped("res_id"), [invoice.id] * 3)

    def test_search_that_did_not_run_for_a_month_tells_the_latest_stage_only(self):
        self._create_invoice(invoice_date_due="2026-06-20")
        self._scan("2026-07-25 05:00:00")
        self._scan("2026-07-26 05:00:00")
        self.assertEqual([event.payload for event in self._events("invoice_overdue")], [{"days": 30}])

    def test_manager_sets_other_days_and_nonsense_is_refused(self):
        row = self._row("_scan_overdue_invoices").with_user(self.maria)
        for text in ("soon", "1, -7", "0", "1;7", "99999"):
            with self.subTest(text=text), self.assertRaisesRegex(ValidationError, "whole numbers"):
                row.days = text
        row.days = "10,3"
        self._create_invoice(invoice_date_due="2026-06-20")
        self._scan("2026-06-22 05:00:00")
        self.assertFalse(self._events("invoice_overdue"))
        self._scan("2026-06-23 05:00:00")
        self.assertEqual(self._events("invoice_overdue").payload, {"days": 3})

    def test_rules_answer_the_first_day_of_an_overdue_invoice_only(self):
        rule = self.env.ref("crm_frontoffice.event_rule_invoice_overdue")
        rule.active = True
        self._create_invoice(invoice_date_due="2026-06-20")
        for day in ("2026-06-21", "2026-06-27"):
            self._scan(f"{day} 05:00:00")
        self.assertEqual((len(self._events("invoice_overdue")), len(rule.firing_ids)), (2, 1))

    def test_paid_invoice_is_not_overdue(self):
        self._pay(self._create_invoice(invoice_date_due="2026-06-20"))
        self._scan("2026-08-01 05:00:00")
        self.assertFalse(self._events("invoice_overdue"))

    # ---- deliveries

    def test_delivery_is_late_on_the_day_after_the_promise(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.anna.id,
                "commitment_date": "2026-06-20 12:00:00",
                "order_line": [(0, 0, {"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        self._scan("2026-06-20 23:00:00")
        self.assertFalse(self._events("delivery_late"))
        self._scan("2026-06-21 05:00:00")
        self._scan("2026-06-22 05:00:00")
        event = self._events("delivery_late")
        self.assertEqual((event.res_id, event.user_id), (order.picking_ids.id, self.anna))

    # ---- quotations and cards

    def test_quotation_is_told_before_it_expires_and_again_when_it_was_extended(self):
        quotation = self.env["sale.order"].create({"partner_id": self.customer.id, "validity_date": "2026-06-30"})
        draft = quotation.copy({"validity_date": "2026-06-30"})
        quotation.action_quotation_sent()
        for day in ("2026-06-26", "2026-06-27", "2026-06-28", "2026-07-01"):
            self._scan(f"{day} 05:00:00")
        self.assertEqual(self._codes(record=quotation), ["quotation_sent", "quotation_expiring"])
        quotation.validity_date = "2026-07-15"
        self._scan("2026-07-13 05:00:00")
        self.assertEqual(
            self._events("quotation_expiring").mapped("payload"), [{"until": "2026-06-30"}, {"until": "2026-07-15"}]
        )
        self.assertNotIn("quotation_expiring", self._codes(record=draft), "nobody has it yet")

    def test_card_with_points_is_told_before_it_expires(self):
        program = self.env["loyalty.program"].create({"name": "Gold", "program_type": "gift_card"})
        full, empty = self.env["loyalty.card"].create(
            [
                {
                    "program_id": program.id,
                    "partner_id": self.customer.id,
                    "points": points,
                    "expiration_date": "2026-07-31",
                }
                for points in (40, 0)
            ]
        )
        for day in ("2026-07-16", "2026-07-17", "2026-07-20"):
            self._scan(f"{day} 05:00:00")
        self.assertEqual(self._codes(record=full), ["loyalty_card_issued", "loyalty_card_expiring"])
        self.assertEqual(self._codes(record=empty), ["loyalty_card_issued"])

    # ---- customers

    def _order(self, day, partner=None):
        order = self.env["sale.order"].create(
            {"partner_id": (partner or self.contact).id, "order_line": [(0, 0, {"product_id": self.product.id})]}
        )
        with freeze_time(f"{day} 09:00:00"):
            order.action_confirm()
        order.date_order = f"{day} 09:00:00"

    def test_regular_customer_who_does_not_order_is_told_once_after_his_usual_gap(self):
        for day in ("2026-01-01", "2026-01-31", "2026-03-02", "2026-04-01", "2026-04-01"):
            self._order(day)
        for day in ("2026-05-03", "2026-05-04", "2026-05-05"):
            self._scan(f"{day} 05:00:00")
        event = self._events("order_due")
        self.assertEqual((event.commercial_partner_id, str(event.date)), (self.customer, "2026-05-04 00:00:00"))
        self.assertEqual(event.payload, {"median_days": 30.0, "orders": 4, "last_order": "2026-04-01"})
        self._order("2026-05-10")
        self._scan("2026-06-15 05:00:00")
        self.assertEqual(len(self._events("order_due")), 2, "a new order begins a new wait")

    def test_three_orders_are_no_rhythm(self):
        for day in ("2026-01-01", "2026-01-31", "2026-03-02"):
            self._order(day)
        self._scan("2026-06-15 05:00:00")
        self.assertFalse(self._events("order_due"))

    def test_silence_is_told_once_and_again_after_the_next_contact(self):
        self._create_deal()
        self.contact._log_event("call_in")
        self.customer._log_event("campaign_sent")
        for days in (59, 61, 62):
            self._scan(fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=days)))
        event = self._events("no_contact")
        self.assertEqual((event.res_id, event.user_id), (self.customer.id, self.anna))
        self.assertEqual(event.payload, {"days": 60, "last_contact": "2026-06-15"})
        with freeze_time("2026-09-01 10:00:00"):
            self.contact._log_event("call_out")
        self._scan("2026-10-15 05:00:00")
        self.assertEqual(len(self._events("no_contact")), 1)
        self._scan("2026-11-15 05:00:00")
        self.assertEqual(len(self._events("no_contact")), 2)

    def test_silence_of_somebody_who_is_no_customer_is_no_event(self):
        self.customer._log_event("call_in")
        self._scan("2026-12-15 05:00:00")
        self.assertFalse(self._events("no_contact"))

    # ---- running

    def test_failing_search_is_shown_and_stops_no_other(self):
        self._create_invoice(invoice_date_due="2026-06-14")
        scan = type(self.env["crm.event.scan"])
        with (
            patch.object(scan, "_scan_late_deliveries", side_effect=ValueError("no such thing")),
            self.assertLogs("odoo.addons.crm_frontoffice.models.automation.crm_event_scan", "ERROR"),
        ):
            self._scan()
        row = self._row("_scan_late_deliveries")
        self.assertEqual((row.state, row.error), ("failed", "no such thing"))
        self.assertTrue(self._events("invoice_overdue"))
        self._scan()
        self.assertEqual((row.state, row.error), ("done", False), "the next day it works again")

    def test_each_search_is_committed_by_its_own(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("crm_frontoffice.crm_event_scan_cron")
            commit = type(self.env["ir.cron"])._commit_progress
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", autospec=True, side_effect=commit) as step:
                self.assertTrue(cron.method_direct_trigger())
        self.assertGreaterEqual(step.call_count, len(self.env["crm.event.scan"]._get_scans()))

    def test_search_that_came_with_an_update_begins_with_the_past(self):
        """A rule must not answer years of what a new search finds in its first run."""
        rule = self.env.ref("crm_frontoffice.event_rule_invoice_overdue")
        rule.active = True
        self._row("_scan_overdue_invoices").sudo().unlink()
        self._create_invoice(invoice_date_due="2026-05-01")
        self._scan()
        self.assertEqual((len(self._events("invoice_overdue")), len(rule.firing_ids)), (1, 0))

    def test_searches_wait_for_the_past(self):
        self._row("_backfill_deals").state = "waiting"
        self._create_invoice(invoice_date_due="2026-05-01")
        self._scan()
        self.assertFalse(self._events("invoice_overdue"))
        self.env["crm.event.backfill"]._cron_run()
        self._scan()
        self.assertTrue(self._events("invoice_overdue"))

    def test_number_of_queries_does_not_grow_with_what_is_found(self):
        def count(number, today):
            for _number in range(number):
                self._create_invoice(invoice_date_due="2026-06-14")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._scan(today)
            return self.env.cr.sql_log_count - before

        count(1, "2026-06-15 05:00:00")
        self.assertLessEqual(count(20, "2026-06-15 05:00:00"), count(1, "2026-06-15 05:00:00"))
