from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestEventRules(FrontofficeCase):
    """A rule answers each event once, after the transaction, and its failure stops nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref("crm_frontoffice.event_rule_invoice_overdue")
        cls.rule.action_ids.filtered(lambda action: action.kind != "activity").unlink()
        cls.rule.active = True

    def _become_overdue(self, **values):
        invoice = self._create_invoice(invoice_date_due="2026-06-20", **values)
        with freeze_time("2026-06-21 06:00:00"):
            self.env["crm.event.scan"]._cron_scan()
        return invoice

    def _process(self):
        with trap_jobs():
            self.env["crm.event.firing"]._process_pending()

    def test_overdue_invoice_gives_the_salesperson_a_call(self):
        with trap_jobs() as jobs:
            invoice = self._become_overdue()
            jobs.assert_jobs_count(1)
            self.assertFalse(invoice.activity_ids, "the rule works in a job, never in the transaction of the event")
            jobs.perform_enqueued_jobs()
        self.assertEqual(invoice.activity_ids.user_id, self.anna)
        self.assertEqual(invoice.activity_ids.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        firing = self.rule.firing_ids
        self.assertEqual((firing.state, firing.effect_ids.res_id), ("done", invoice.activity_ids.id))

    def test_repeated_processing_repeats_nothing(self):
        invoice = self._become_overdue()
        self._process()
        self._process()
        self.assertEqual(len(invoice.activity_ids), 1)

    def test_rule_does_not_fire_for_the_past(self):
        self.rule.active = False
        self._become_overdue()
        self.rule.active = True
        self._process()
        self.assertFalse(self.rule.firing_ids)

    def test_conditions_are_checked_when_the_rule_acts(self):
        self.rule.write({"partner_domain": "[('category_id.name', '=', 'VIP')]"})
        invoice = self._become_overdue()
        self._process()
        self.assertEqual((self.rule.firing_ids.state, len(invoice.activity_ids)), ("skipped", 0))

    def test_document_condition(self):
        self.rule.write({"source_domain": "[('amount_total', '>', 1000)]"})
        small, big = (
            self._become_overdue(),
            self._become_overdue(
                invoice_line_ids=[(0, 0, {"product_id": self.product.id, "quantity": 50, "price_unit": 100.0})]
            ),
        )
        self._process()
        self.assertEqual((len(small.activity_ids), len(big.activity_ids)), (0, 1))

    def test_one_failing_firing_leaves_the_others_alone(self):
        good, bad = self._become_overdue(), self._become_overdue(partner_id=self.contact.id)
        original = type(self.env["crm.event.rule.action"])._get_responsible

        def fail_for_contact(action, event):
            if event.partner_id == self.contact:
                raise UserError("The contact is away")
            return original(action, event)

        with (
            patch.object(type(self.env["crm.event.rule.action"]), "_get_responsible", fail_for_contact),
            self.assertLogs("odoo.addons.crm_frontoffice.models.automation.crm_event_firing", "ERROR"),
        ):
            self._process()
        self.assertEqual((len(good.activity_ids), len(bad.activity_ids)), (1, 0))
        failed = self.rule.firing_ids.filtered(lambda firing: firing.state == "failed")
        self.assertEqual(failed.error, "The contact is away")
        with trap_jobs() as jobs:
            failed.with_user(self.maria).action_retry()
            jobs.perform_enqueued_jobs()
        self.assertEqual(len(bad.activity_ids), 1)

    def test_archived_salesperson_is_replaced_by_the_team_leader(self):
        invoice = self._become_overdue()
        self.anna.action_archive()
        self._process()
        self.assertEqual(invoice.activity_ids.user_id, self.maria)

    def test_wrong_conditions_are_refused(self):
        for values in (
            {"partner_domain": "[('nonsense', '=', 1)]"},
            {"partner_domain": "not a domain"},
            {"source_model": "no.such.model"},
            {"source_model": False, "source_domain": "[('name', '=', 1)]"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.rule.write(values)

    def test_salesperson_cannot_touch_rules(self):
        with self.assertRaises(AccessError):
            self.rule.with_user(self.anna).write({"active": False})
        with self.assertRaises(AccessError):
            self.rule.firing_ids.with_user(self.anna).action_retry()
            self.env["crm.event.firing"].with_user(self.anna).search([])

    def test_processing_many_firings_costs_no_query_each_for_the_bookkeeping(self):
        self.rule.action_ids.unlink()
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(100)])
        rule = self.env["crm.event.rule"].create(
            {"name": "Visit", "type_id": self.env.ref("crm_frontoffice.event_type_visit").id}
        )
        with trap_jobs():
            partners._log_event("visit")
        self.env.flush_all()
        with self.assertQueryCount(20):
            rule.firing_ids._carry_out()
            self.env.flush_all()
        self.assertEqual(set(rule.firing_ids.mapped("state")), {"done"})

    def _create_deal_rule(self):
        return self.env["crm.event.rule"].create(
            {
                "name": "New deal",
                "type_id": self.env.ref("crm_frontoffice.event_type_deal_created").id,
                "action_ids": [(0, 0, {"kind": "activity", "summary": "Say hello"})],
            }
        )

    def test_rule_answers_a_deal_that_has_no_customer_yet(self):
        self._create_deal_rule()
        with trap_jobs():
            deal = self._create_deal(partner_id=False)
        self._process()
        self.assertEqual(deal.activity_ids.summary, "Say hello")

    def test_rule_that_was_switched_off_meanwhile_does_nothing(self):
        rule = self._create_deal_rule()
        with trap_jobs():
            deal = self._create_deal()
        rule.active = False
        self._process()
        self.assertEqual((rule.firing_ids.state, len(deal.activity_ids)), ("skipped", 0))

    def test_conflict_with_another_worker_repeats_the_job_instead_of_failing_the_firing(self):
        rule = self._create_deal_rule()
        with trap_jobs():
            self._create_deal()
        conflict = patch.object(type(rule), "_filter_firings", side_effect=SerializationFailure("another was faster"))
        with conflict, self.assertRaises(SerializationFailure):
            self._process()

    def test_job_is_the_systems_whoever_caused_the_event(self):
        self._create_deal_rule()
        with trap_jobs() as jobs:
            self.env["crm.lead"].with_user(self.anna).create({"name": "Mine", "partner_id": self.customer.id})
            self.assertEqual(jobs.enqueued_jobs[0].recordset.env.uid, SUPERUSER_ID)
