import threading
from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import WebhookCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestWebhooks(WebhookCase):
    """Each event arrives, signed and in order; what does not arrive is kept and can be sent again."""

    def test_receiver_gets_the_event_with_a_signature_that_holds(self):
        with trap_jobs() as jobs:
            event = self.customer._log_event("visit")
            self.assertFalse(self.sink.requests, "never in the transaction of the event")
            self.assertEqual(jobs.enqueued_jobs[0].recordset.env.uid, SUPERUSER_ID)
            jobs.perform_enqueued_jobs()
        [content] = self.sink.contents
        self.assertEqual(content["event"], self.env["crm.gateway"]._format_change(event))
        self.assertEqual(content["event"]["customer_id"], self.customer.id)
        [(headers, _body)] = self.sink.requests
        self.assertEqual(headers["X-CRM-Delivery"], content["id"])
        self.assertTrue(self.sink.is_signed(self.webhook.secret))
        self.assertFalse(self.sink.is_signed("another secret"))
        self.assertEqual(self._deliveries().state, "sent")

    def test_only_chosen_events_of_the_company_go_out(self):
        self._create_deal()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with trap_jobs():
            self.env["crm.event"]._append([{"code": "visit", "partner_id": self.customer.id, "company_id": other.id}])
        self.assertFalse(self._deliveries())
        self.webhook.is_all_types = True
        with trap_jobs():
            self._create_deal()
        self.assertEqual(self._deliveries().type_id.mapped("code"), ["deal_created"])

    def test_events_arrive_in_their_order(self):
        events = [self._visit().id for _number in range(5)]
        self._send()
        self.assertEqual([content["event"]["id"] for content in self.sink.contents], events)

    def test_failure_holds_back_the_younger_events_until_it_is_over(self):
        first, second = self._visit(), self._visit()
        self.sink.answers = [500]
        [later] = self._send()
        delivery = self._deliveries()[0]
        self.assertEqual(self._deliveries().mapped("state"), ["failed", "waiting"])
        self.assertEqual((delivery.http_status, delivery.answer), (500, "thanks"))
        wait = (delivery.date_next_try - fields.Datetime.now()).total_seconds()
        self.assertTrue(60 <= wait <= 72, wait)
        self.assertGreaterEqual(later.eta, delivery.date_next_try)
        self._send()
        self.assertEqual(len(self.sink.requests), 1, "too early to try again")
        with freeze_time(delivery.date_next_try):
            self._send()
        self.assertEqual([content["event"]["id"] for content in self.sink.contents], [first.id, first.id, second.id])
        ids = [headers["X-CRM-Delivery"] for headers, _body in self.sink.requests]
        self.assertEqual(ids[0], ids[1], "the receiver recognises what it got twice")
        self.assertNotEqual(ids[1], ids[2])
        self.assertEqual(set(self._deliveries().mapped("state")), {"sent"})
        self.assertFalse(self._deliveries()[0].error)

    def test_receiver_that_hangs_is_given_up_after_the_timeout(self):
        answered = threading.Event()
        self.addCleanup(answered.set)
        self.sink.answers = [lambda _handler: answered.wait(60)]
        self._visit()
        self._send()
        delivery = self._deliveries()
        self.assertEqual((delivery.state, delivery.http_status), ("failed", 0))
        self.assertIn("within 10 seconds", delivery.error)

    def test_receiver_that_is_down_is_tried_again(self):
        self._visit()
        self.sink.stop()
        self._send()
        self.assertEqual(self._deliveries().state, "failed")

    def _let_all_tries_fail(self):
        now = fields.Datetime.now()
        for _attempt in range(6):
            self.sink.answers = [500]
            now = max(now, self._deliveries()[0].date_next_try or now)
            with freeze_time(now):
                self._send()

    def test_dead_after_the_last_try_and_sent_again_by_a_manager(self):
        self._visit()
        self._let_all_tries_fail()
        delivery = self._deliveries()
        self.assertEqual((delivery.state, delivery.attempts, len(self.sink.requests)), ("dead", 6, 6))
        self.assertEqual(self.webhook.dead_count, 1)
        with trap_jobs() as jobs:
            delivery.with_user(self.maria).action_replay()
            jobs.perform_enqueued_jobs()
        self.assertEqual((delivery.state, delivery.attempts), ("sent", 1))
        self.assertEqual(len({headers["X-CRM-Delivery"] for headers, _body in self.sink.requests}), 1)

    def test_event_that_the_receiver_will_never_take_holds_up_no_other(self):
        self._visit()
        self._visit()
        self.sink.answers = [422]
        self._send()
        self.assertEqual(self._deliveries().mapped("state"), ["dead", "sent"])
        self.assertEqual(self.webhook.state, "running")

    def test_webhook_is_paused_after_dead_letters_in_a_row_and_loses_nothing(self):
        for _number in range(7):
            self._visit()
        self.sink.answers = [422] * 7
        self.assertFalse(self._send(), "no job follows")
        self.assertEqual(self._deliveries().mapped("state"), ["dead"] * 5 + ["waiting"] * 2)
        self.assertEqual(self.webhook.state, "paused")
        self.assertEqual(self.webhook.activity_ids.user_id, self.maria)
        self.sink.answers = []
        with freeze_time("2026-06-15 11:00:00"), trap_jobs() as jobs:
            self.webhook.with_user(self.maria).action_resume()
            jobs.perform_enqueued_jobs()
            self._deliveries().filtered(lambda delivery: delivery.state == "dead").action_replay()
            self.webhook._send_waiting()
        self.assertEqual(set(self._deliveries().mapped("state")), {"sent"})

    def test_replay_of_a_time_sends_what_was_sent_and_what_was_before_the_webhook(self):
        before, other = self.env["crm.event"]._append(
            [
                {"code": "visit", "partner_id": self.customer.id, "date": "2026-06-01 08:00:00"},
                {"code": "visit", "partner_id": self.customer.id, "date": "2026-05-01 08:00:00"},
            ]
        )
        self._deliveries().unlink()
        during = self._visit()
        self._send()
        replay = self.env["crm.webhook.replay"].with_user(self.maria)
        values = {"webhook_id": self.webhook.id, "date_from": "2026-05-15 00:00:00"}
        with trap_jobs() as jobs:
            replay.create({**values, "scope": "dead"}).action_replay()
            jobs.assert_jobs_count(0)
            replay.create({**values, "scope": "all"}).action_replay()
            jobs.perform_enqueued_jobs()
        self.assertEqual(
            [content["event"]["id"] for content in self.sink.contents], [during.id, *sorted((before.id, during.id))]
        )
        self.assertNotIn(other, self._deliveries().event_id)

    def test_customers_that_do_not_meet_the_condition_are_left_out(self):
        self.webhook.partner_domain = "[('name', '=', 'Beta')]"
        beta = self.env["res.partner"].create({"name": "Beta"})
        self._visit()
        self._visit(beta)
        self._send()
        self.assertEqual(self._deliveries().mapped("state"), ["skipped", "sent"])
        self.assertEqual([content["event"]["customer_id"] for content in self.sink.contents], [beta.id])

    def test_repeated_job_repeats_nothing(self):
        self._visit()
        self._send()
        self._send()
        self.assertEqual(len(self.sink.requests), 1)

    def test_event_that_is_taken_back_is_never_sent(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._visit()
            raise ZeroDivisionError
        self._send()
        self.assertFalse(self.sink.requests)

    def test_rule_sends_its_events_to_a_webhook_that_listens_to_nothing(self):
        self.webhook.type_ids = False
        rule = self.env["crm.event.rule"].create(
            {
                "name": "Visit",
                "type_id": self.visit.id,
                "action_ids": [(0, 0, {"kind": "webhook", "webhook_id": self.webhook.id})],
            }
        )
        with trap_jobs() as jobs:
            event = self.customer._log_event("visit")
            self.assertFalse(self._deliveries())
            jobs.perform_enqueued_jobs()
            self.webhook._send_waiting()
        self.assertEqual(rule.firing_ids.effect_ids.res_id, self._deliveries().id)
        self.assertEqual([content["event"]["id"] for content in self.sink.contents], [event.id])

    def test_lost_job_is_found_by_the_cron(self):
        self._visit()
        with trap_jobs() as jobs:
            self.env["crm.webhook"]._cron_send()
            jobs.assert_jobs_count(1)
            jobs.perform_enqueued_jobs()
            self.env["crm.webhook"]._cron_send()
            jobs.assert_jobs_count(0)
        self.assertEqual(self._deliveries().state, "sent")

    def test_cron_leaves_alone_what_has_its_time(self):
        self._visit()
        self.sink.answers = [500]
        self._send()
        with trap_jobs() as jobs:
            self.env["crm.webhook"]._cron_send()
            jobs.assert_jobs_count(0)

    def test_many_events_are_sent_by_jobs_one_after_the_other(self):
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(120)])
        self._visit(partners)
        for left in (70, 20, 0):
            self._send()
            self.assertEqual(self.webhook.waiting_count, left)
            self.webhook.invalidate_recordset()
        received = [content["event"]["id"] for content in self.sink.contents]
        self.assertEqual(received, sorted(set(received)))
        self.assertEqual(len(received), 120)

    def test_thousand_events_are_noted_with_the_queries_of_one(self):
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(1000)])
        vals_list = [{"code": "visit", "partner_id": partner.id} for partner in partners]
        with trap_jobs():
            counts = []
            for rows in (vals_list[:1], vals_list[:1], vals_list[:1], vals_list):
                start = self.env.cr.sql_log_count
                self.env["crm.event"]._append(rows)
                counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[2], counts[3])
        self.assertEqual(len(self._deliveries()), 1003)

    def test_what_was_sent_is_forgotten_and_what_is_dead_is_kept(self):
        self._visit()
        self._visit()
        self.sink.answers = [422]
        self._send()
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self.env["crm.webhook.delivery"]._gc_sent()
        self.assertEqual(self._deliveries().mapped("state"), ["dead"])
