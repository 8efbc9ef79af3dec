from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestJourneyEntry(JourneyCase):
    """Customers enter by hand, by a segment, by an event or by a rule; nobody twice unless that is meant."""

    def test_who_has_been_in_does_not_enter_again(self):
        journey = self._create_journey("deal")
        customers = self._create_customers(2)
        with trap_jobs():
            self.assertEqual(journey.enrol(customers.ids), {"entered": 2})
            self.assertEqual(journey.enrol(customers.ids), {"entered": 0})

    def test_journey_may_be_entered_again_when_he_is_through(self):
        journey = self._create_journey({"kind": "wait"}, reentry="after")
        customers = self._create_customers(1)
        with trap_jobs():
            journey.enrol(customers.ids)
            self.assertEqual(journey.enrol(customers.ids), {"entered": 0})
            journey.participant_ids._leave("exited", "hand")
            self.env.flush_all()
            self.assertEqual(journey.enrol(customers.ids), {"entered": 1})
        rounds = self.env["crm.journey.participant"].search([("journey_id", "=", journey.id)]).mapped("round")
        self.assertEqual(rounds, [2, 1])

    def test_members_of_the_segment_enter_as_they_come(self):
        segment = self._create_segment({"kind": "partner", "partner_domain": "[('city', '=', 'Riga')]"})
        one, two = self._create_customers(2)
        one.city = "Riga"
        segment._refresh()
        journey = self._create_journey({"kind": "wait"}, entry="segment", entry_segment_id=segment.id)
        self.assertEqual(journey.participant_ids.partner_id, one)
        two.city = "Riga"
        with trap_jobs():
            segment._refresh()
            segment._refresh()
        journey.invalidate_recordset()
        self.assertEqual(journey.participant_ids.sorted("id").partner_id, one | two)
        self.assertEqual(len(journey.participant_ids), 2)

    def test_event_brings_the_customer_after_the_commit(self):
        journey = self._create_journey({"kind": "wait"}, entry="event", entry_type_id=self.visit.id)
        with trap_jobs() as jobs:
            self.contact._log_event("visit")
            self.assertFalse(journey.participant_ids, "nobody's work waits for journeys")
            jobs.perform_enqueued_jobs()
        journey.invalidate_recordset()
        self.assertEqual(journey.participant_ids.partner_id, self.contact)
        self.assertEqual(journey.participant_ids.event_id.type_id, self.visit)

    def test_event_that_no_journey_waits_for_asks_for_no_job(self):
        self._create_journey({"kind": "wait"}, entry="event", entry_type_id=self.visit.id)
        with trap_jobs() as jobs:
            self.contact._log_event("call_out")
            jobs.assert_jobs_count(0)

    def test_rule_enrols_and_its_end_lets_out(self):
        journey = self._create_journey({"kind": "wait", "wait_number": 30})
        rule = self.env["crm.event.rule"].create(
            {
                "name": "Visit",
                "type_id": self.visit.id,
                "end_type_ids": self.env.ref("crm_frontoffice.event_type_call_out").ids,
                "end_scope": "customer",
                "action_ids": [(0, 0, {"kind": "journey", "journey_id": journey.id})],
            }
        )
        with trap_jobs():
            self.customer._log_event("visit")
            self.env["crm.event.firing"]._process_pending()
        participant = rule.firing_ids.effect_ids and journey.participant_ids
        self.assertEqual(participant.partner_id, self.customer)
        with trap_jobs():
            self.customer._log_event("call_out")
            self.env["crm.event.firing"]._process_pending()
        self.assertEqual((participant.state, participant.reason), ("exited", "cause"))

    def test_control_group_is_noted_and_gets_nothing(self):
        journey = self._create_journey("deal", control_percent=50)
        self._enter(journey, self._create_customers(200))
        self._run(journey)
        journey.invalidate_recordset()
        self.assertTrue(60 < journey.control_count < 140)
        self.assertEqual(journey.control_count + journey.done_count, 200)
        control = journey.participant_ids.filtered(lambda row: row.state == "control").partner_id
        self.assertFalse(control.opportunity_ids)

    def test_only_customers_who_meet_the_condition(self):
        one, two = self._create_customers(2)
        two.city = "Riga"
        journey = self._create_journey({"kind": "wait"}, entry_domain="[('city', '=', 'Riga')]")
        self.assertEqual(self._enter(journey, one | two).partner_id, two)

    def test_wrong_calls_are_explained(self):
        journey = self._create_journey("deal")
        for wrong in ("1", [True], ["1"], None):
            with self.subTest(ids=wrong), self.assertRaisesRegex(UserError, "by their ids"):
                journey.enrol(wrong)
        journey.action_pause()
        with self.assertRaisesRegex(UserError, "not running"):
            journey.enrol([self.customer.id])

    def test_salesperson_reads_journeys_and_enrols_nobody(self):
        webhook = self.env["crm.webhook"].create({"name": "Shop", "url": "https://shop.example/hook"})
        journey = self._create_journey({"kind": "wait"}, "email", {"kind": "webhook", "webhook_id": webhook.id})
        self.assertTrue(journey.with_user(self.anna).read(["name", "flow", "waiting_count"]))
        with self.assertRaises(AccessError):
            journey.with_user(self.anna).enrol([self.customer.id])
        with self.assertRaises(AccessError):
            journey.with_user(self.anna).action_stop()
        with trap_jobs():
            self.assertEqual(journey.with_user(self.marta).enrol([self.customer.id]), {"entered": 1})

    def test_chosen_contacts_are_enrolled_from_their_list(self):
        journey = self._create_journey({"kind": "wait"})
        wizard = self.env["crm.journey.enrolment"].with_user(self.marta)
        with trap_jobs():
            wizard.create({"journey_id": journey.id, "partner_ids": self.customer.ids}).action_enrol()
        self.assertEqual(journey.waiting_count, 1)

    def test_customer_who_is_merged_goes_through_once(self):
        journey = self._create_journey({"kind": "wait"})
        one, two = customers = self._create_customers(2)
        self._enter(journey, customers)
        self.env["base.partner.merge.automatic.wizard"]._merge((one | two).ids, two)
        journey.invalidate_recordset()
        self.assertEqual((journey.participant_ids.partner_id, len(journey.participant_ids)), (two, 1))
