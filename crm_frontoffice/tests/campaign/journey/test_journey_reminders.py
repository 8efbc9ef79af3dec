from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import JourneyCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-02 10:00:00")
class TestJourneyReminders(JourneyCase):
    """What the daily scan finds reaches the customer himself by a journey, if he allows it, and once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env["crm.consent.purpose"].create(
            {"name": "Reminders", "code": "reminders", "wording": "Yes", "is_double_opt_in": False}
        )
        cls.willing, cls.silent, cls.withdrawn = cls.customers = cls._create_customers(3)
        given = {"channel": "email", "purpose_id": cls.purpose, "source": "paper"}
        for partner, decision in (
            (cls.willing, "given"),
            (cls.withdrawn, "given"),
            (cls.withdrawn, "withdrawn"),
        ):
            cls.env["crm.consent"]._record([{**given, "partner_id": partner.id, "decision": decision}])

    def _create_reminder(self, code):
        event_type = self.env["crm.event.type"].search([("code", "=", code)])
        return self._create_journey("email", entry="event", entry_type_id=event_type.id, purpose_id=self.purpose.id)

    def _scan(self, *days):
        for day in days:
            with freeze_time(f"{day} 05:00:00"), trap_jobs() as jobs:
                self.env["crm.event.scan"]._cron_scan()
                jobs.perform_enqueued_jobs()

    def _assert_reminded(self, journey, day):
        with freeze_time(f"{day} 10:00:00"):
            self._run(journey)
        self.assertEqual(
            self._get_messages(journey),
            [
                ("Customer 0", "email", "handed", False),
                ("Customer 1", "email", "skipped", "consent"),
                ("Customer 2", "email", "skipped", "consent"),
            ],
        )
        self.assertEqual(self._get_mailed(journey), self.willing.ids)

    def test_order_that_is_due_is_told_to_who_allows_it(self):
        for partner in self.customers:
            for day in ("2026-01-01", "2026-01-31", "2026-03-02", "2026-04-01"):
                line = (0, 0, {"product_id": self.product.id})
                order = self.env["sale.order"].create({"partner_id": partner.id, "order_line": [line]})
                with freeze_time(f"{day} 09:00:00"):
                    order.action_confirm()
                order.date_order = f"{day} 09:00:00"
        journey = self._create_reminder("order_due")
        self._scan("2026-05-04", "2026-05-05")
        self._assert_reminded(journey, "2026-05-05")

    def test_coupon_that_expires_is_told_to_who_allows_it(self):
        program = self.env["loyalty.program"].create({"name": "Gold", "program_type": "gift_card"})
        card = {"program_id": program.id, "points": 40, "expiration_date": "2026-07-31"}
        self.env["loyalty.card"].create([{**card, "partner_id": partner.id} for partner in self.customers])
        journey = self._create_reminder("loyalty_card_expiring")
        self._scan("2026-07-17", "2026-07-20")
        self._assert_reminded(journey, "2026-07-20")

    def test_reward_just_ahead_is_told_to_who_allows_it(self):
        program = self._create_loyalty_program()
        self.env["loyalty.card"].create(
            [{"program_id": program.id, "partner_id": partner.id, "points": 90} for partner in self.customers]
        )
        journey = self._create_reminder("reward_near")
        self._scan("2026-07-17", "2026-07-18")
        self._assert_reminded(journey, "2026-07-18")
