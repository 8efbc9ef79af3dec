from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ENGINE, JourneyCase


@tagged("post_install", "-at_install")
class TestJourneyEngine(JourneyCase):
    """One tick of a step takes a batch further in a few statements, and repeats nothing."""

    def test_message_wait_and_branch(self):
        """A message, a day of waiting, then thanks to who came, and a second message to who did not."""
        journey = self.env["crm.journey"].create({"name": "Visit us"})
        _mail, _wait, branch, _thanks = self._add_steps(
            journey.draft_id,
            "email",
            {"kind": "wait", "wait_number": 1},
            {"kind": "branch", "condition_kind": "event", "type_id": self.visit.id},
            {"kind": "activity", "summary": "Say thank you"},
        )
        [branch.other_id] = self._add_steps(journey.draft_id, "email")
        with trap_jobs():
            journey.action_start()
        one, two = self._create_customers(2)
        with freeze_time("2026-06-15 10:00:00"):
            participants = self._enter(journey, one | two)
            self._run(journey)
        with freeze_time("2026-06-16 09:59:59"), trap_jobs():
            one._log_event("visit")
            self._run(journey)
            self.assertEqual(self._get_places(participants), ["2 wait", "2 wait"])
        with freeze_time("2026-06-16 10:00:00"):
            self._run(journey)
        self.assertEqual(self._get_places(participants), ["done", "done"])
        self.assertEqual((one.activity_ids.summary, len(two.activity_ids)), ("Say thank you", 0))
        told = [(name, state) for name, _channel, state, _reason in self._get_messages(journey)]
        self.assertEqual(told, [("Customer 0", "handed"), ("Customer 1", "handed"), ("Customer 1", "handed")])

    def test_tick_that_is_repeated_does_nothing_again(self):
        journey = self._create_journey("email", {"kind": "wait"})
        self._enter(journey, self._create_customers(3))
        step = journey.version_id.step_ids[0]
        with trap_jobs():
            self.assertEqual((step._tick(), step._tick()), (3, 0))
            step._hand_over()
            step._hand_over()
        self.assertEqual((len(self._get_messages(journey)), len(step.mailing_id.mailing_trace_ids)), (3, 3))

    def test_batches_follow_one_another(self):
        journey = self._create_journey("deal")
        self._enter(journey, self._create_customers(5))
        with trap_jobs() as jobs:
            self.assertEqual(journey.version_id.step_ids._tick(limit=2), 2)
            jobs.assert_jobs_count(1)
            jobs.perform_enqueued_jobs()
        self.assertEqual(journey.done_count, 5)

    def test_statements_do_not_grow_with_participants(self):
        self.env["crm.pressure.rule"].create({"most": 5, "days": 7})
        goal = {"goal_type_id": self.visit.id, "purpose_id": self.env.ref("crm_frontoffice.consent_purpose_news").id}
        branch = {"kind": "branch", "condition_kind": "event", "type_id": self.visit.id}
        journey = self._create_journey("email", {"kind": "wait", "wait_number": 0}, branch, **goal)
        self._enter(journey, self._create_customers(300))
        for step in journey.version_id.step_ids:
            self.env.invalidate_all()
            with self.subTest(step=step.name), trap_jobs(), self.assertQueryCount(20):
                step._tick()
                self.env.flush_all()

    def test_one_whose_step_fails_stops_nobody(self):
        journey = self._create_journey("deal", "exit")
        customers = self._create_customers(3)
        bad = customers[1]
        participants = self._enter(journey, customers)
        create = type(self.env["crm.lead"]).create

        def refuse(model, vals_list):
            if any(vals.get("partner_id") == bad.id for vals in vals_list):
                raise UserError("No deals with him")
            return create(model, vals_list)

        with patch.object(type(self.env["crm.lead"]), "create", refuse), self.assertLogs(ENGINE, "ERROR"):
            self._run(journey)
        self.assertEqual(self._get_places(participants), ["done"] * 3)
        self.assertEqual([len(customer.opportunity_ids) for customer in customers], [1, 0, 1])
        failed = self.env["crm.journey.passage"].search([("reason", "=", "No deals with him")])
        self.assertEqual(failed.partner_id, bad)

    def test_conflict_with_another_worker_repeats_the_job(self):
        journey = self._create_journey("deal")
        self._enter(journey, self._create_customers(2))
        step = journey.version_id.step_ids
        conflict = patch.object(type(step), "_do_deal", side_effect=SerializationFailure("another was faster"))
        with trap_jobs(), conflict, self.assertRaises(SerializationFailure):
            step._tick()

    def test_paused_journey_stands_still_and_goes_on(self):
        journey = self._create_journey("deal")
        participants = self._enter(journey, self._create_customers(1))
        journey.action_pause()
        self._run(journey)
        self.assertEqual(self._get_places(participants), ["1 deal"])
        with trap_jobs():
            journey.action_start()
        self._run(journey)
        self.assertEqual(self._get_places(participants), ["done"])

    def test_stopped_journey_lets_everybody_out(self):
        journey = self._create_journey({"kind": "wait"})
        participants = self._enter(journey, self._create_customers(2))
        journey.action_stop()
        self.assertEqual(set(participants.mapped("reason")), {"stopped"})

    def test_goal_ends_the_journey_at_once(self):
        journey = self._create_journey({"kind": "wait", "wait_number": 30}, "email", goal_type_id=self.visit.id)
        one, two = self._create_customers(2)
        participants = self._enter(journey, one | two)
        self._run(journey)
        with trap_jobs() as jobs:
            one._log_event("visit")
            jobs.perform_enqueued_jobs()
        self._run(journey)
        self.assertEqual(self._get_places(participants), ["goal", "1 wait"])
        self.assertEqual(journey.goal_count, 1)

    def test_archived_customer_and_exit_segment_leave(self):
        pinned = [(0, 0, {"partner_id": self.customer.id, "kind": "pinned"})]
        segment = self._create_segment(choice_ids=pinned, refresh_every="never")
        segment._refresh()
        journey = self._create_journey("deal", exit_segment_id=segment.id)
        gone = self._create_customers(1)
        participants = self._enter(journey, gone | self.customer)
        gone.active = False
        self._run(journey)
        self.assertEqual(set(participants.mapped("reason")), {"gone", "segment"})

    def test_cron_wakes_whoever_has_waited(self):
        journey = self._create_journey("deal")
        self._enter(journey, self._create_customers(1))
        with trap_jobs() as jobs:
            self.env["crm.journey"]._cron_tick()
            jobs.perform_enqueued_jobs()
        self.assertEqual(journey.done_count, 1)

    def test_cron_wakes_the_queue_of_mails_that_were_not_sent(self):
        journey = self._create_journey("email")
        self._enter(journey, self._create_customers(1))
        self._run(journey)
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        waiting = self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)])
        waiting.unlink()
        self.env["crm.journey"]._cron_tick()
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)]))
