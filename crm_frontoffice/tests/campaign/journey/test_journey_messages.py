from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ENGINE, JourneyCase


@tagged("post_install", "-at_install")
class TestJourneyMessages(JourneyCase):
    """A message goes once, to who allows it, and what does not go is counted with its reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env["crm.consent.purpose"].create(
            {"name": "Fairs", "code": "fairs", "wording": "Yes", "is_double_opt_in": False}
        )

    def _decide(self, partners, decision):
        given = {"channel": "email", "purpose_id": self.purpose, "source": "paper", "decision": decision}
        self.env["crm.consent"]._record([{**given, "partner_id": partner.id} for partner in partners])

    def test_message_goes_to_who_allows_it(self):
        one, _two, three = customers = self._create_customers(3)
        three.email = False
        self._decide(one | three, "given")
        journey = self._create_journey("email", purpose_id=self.purpose.id)
        participants = self._enter(journey, customers)
        self._run(journey)
        self.assertEqual(
            self._get_messages(journey),
            [
                ("Customer 0", "email", "handed", False),
                ("Customer 1", "email", "skipped", "consent"),
                ("Customer 2", "email", "skipped", "address"),
            ],
        )
        self.assertEqual(self._get_places(participants), ["done"] * 3)
        self.assertEqual(self._get_mailed(journey), one.ids)

    def test_consent_that_is_withdrawn_in_the_last_moment_counts(self):
        one, two = customers = self._create_customers(2)
        self._decide(customers, "given")
        journey = self._create_journey("email", purpose_id=self.purpose.id)
        self._enter(journey, customers)
        with trap_jobs():
            journey.version_id.step_ids._tick()
            self._decide(one, "withdrawn")
            journey.version_id.step_ids._hand_over()
        self.assertEqual(self._get_mailed(journey), two.ids)
        self.assertEqual(self._get_messages(journey)[0][3], "consent")

    def test_goal_that_is_reached_in_the_last_moment_counts(self):
        one, two = customers = self._create_customers(2)
        journey = self._create_journey("email", goal_type_id=self.visit.id)
        self._enter(journey, customers)
        with trap_jobs():
            journey.version_id.step_ids._tick()
            one._log_event("visit")
            journey.version_id.step_ids._hand_over()
        self.assertEqual(self._get_mailed(journey), two.ids)
        self.assertEqual(self._get_messages(journey)[0][3], "goal")

    def test_mail_waits_for_the_queue_even_when_it_is_one(self):
        """Odoo sends few mails at once, inside the transaction: taken back after it, all would be sent again."""
        journey = self._create_journey("email")
        self._enter(journey, self._create_customers(1))
        with patch.object(type(self.env["mail.mail"]), "send", side_effect=AssertionError("sent at once")):
            self._run(journey)
        trace = journey.version_id.step_ids.mailing_id.mailing_trace_ids
        self.assertEqual((trace.trace_status, trace.mail_mail_id.state), ("outgoing", "outgoing"))
        self.assertEqual(trace.journey_message_id.state, "handed")

    def test_sms_goes_the_same_way(self):
        customers = self._create_customers(1, phone="+32456001122", country_id=self.env.ref("base.be").id)
        journey = self._create_journey("sms")
        self._enter(journey, customers)
        self._run(journey)
        self.assertEqual(self._get_messages(journey), [("Customer 0", "sms", "handed", False)])
        trace = journey.version_id.step_ids.mailing_id.mailing_trace_ids
        self.assertEqual((trace.trace_type, trace.journey_message_id.partner_id), ("sms", customers))
        self.assertEqual(self.env["sms.sms"].search([("mailing_id", "=", trace.mass_mailing_id.id)]).state, "outgoing")

    def test_second_round_gets_the_message_again(self):
        journey = self._create_journey("email", reentry="after")
        customers = self._create_customers(1)
        for count in (1, 2):
            self._enter(journey, customers)
            self._run(journey)
            traces = journey.version_id.step_ids.mailing_id.mailing_trace_ids
            self.assertEqual([trace.trace_status for trace in traces], ["outgoing"] * count)

    def test_message_that_cannot_be_made_fails_alone_and_is_tried_again(self):
        good, bad = customers = self._create_customers(2)
        journey = self._create_journey("email")
        self._enter(journey, customers)
        mailings = type(self.env["mailing.mailing"])
        make = mailings._make_for_journey

        def refuse(mailing, messages):
            if bad.id in messages:
                raise UserError("The picture is gone")
            return make(mailing, messages)

        with patch.object(mailings, "_make_for_journey", refuse), self.assertLogs(ENGINE, "ERROR"):
            self._run(journey)
        self.assertEqual(self._get_mailed(journey), good.ids)
        failed = self.env["crm.journey.message"].search([("state", "=", "failed")])
        self.assertEqual((failed.partner_id, failed.error), (bad, "The picture is gone"))
        with trap_jobs() as jobs:
            failed.with_user(self.marta).action_retry()
            jobs.perform_enqueued_jobs()
        self.assertEqual(self._get_mailed(journey), customers.ids)

    def test_nobody_sends_the_message_of_a_journey_by_hand(self):
        journey = self._create_journey("email")
        with self.assertRaisesRegex(UserError, "A journey sends this"):
            journey.version_id.step_ids.mailing_id.action_put_in_queue()

    def test_wait_for_what_the_customer_does_with_the_message(self):
        """Who opens it within three days gets an offer at once, the others are called."""
        one, two = customers = self._create_customers(2)
        journey = self.env["crm.journey"].create({"name": "Reaction"})
        mail, wait, _deal = self._add_steps(
            journey.draft_id,
            "email",
            {"kind": "wait", "wait_kind": "until", "wait_number": 3, "answer": "opened"},
            "deal",
        )
        [call] = self._add_steps(journey.draft_id, "activity")
        wait.write({"message_step_id": mail.id, "other_id": call.id})
        with freeze_time("2026-06-15 10:00:00"):
            with trap_jobs():
                journey.action_start()
            participants = self._enter(journey, customers)
            self._run(journey)
        self.assertEqual(self._get_places(participants), ["2 wait", "2 wait"])
        with freeze_time("2026-06-15 12:00:00"):
            with trap_jobs() as jobs:
                traces = mail.mailing_id.mailing_trace_ids
                traces.filtered(lambda trace: trace.res_id == one.id).set_opened()
                jobs.perform_enqueued_jobs()
            self._run(journey)
        self.assertEqual(self._get_places(participants), ["done", "2 wait"])
        with freeze_time("2026-06-18 10:00:00"):
            self._run(journey)
        self.assertEqual((len(one.opportunity_ids), len(two.activity_ids)), (1, 1))
