from odoo.tests import freeze_time, tagged

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestJourneySteps(JourneyCase):
    """What a step does, and how long customers wait."""

    def test_time_passes(self):
        for unit, before, after in (
            ("minutes", "2026-06-15 10:01:59", "2026-06-15 10:02:00"),
            ("hours", "2026-06-15 11:59:59", "2026-06-15 12:00:00"),
            ("weeks", "2026-06-29 09:59:59", "2026-06-29 10:00:00"),
        ):
            with self.subTest(unit=unit):
                journey = self._create_journey({"kind": "wait", "wait_number": 2, "wait_unit": unit})
                with freeze_time("2026-06-15 10:00:00"):
                    participants = self._enter(journey, self.customer)
                    self._run(journey)
                for now, state in ((before, "waiting"), (after, "done")):
                    with freeze_time(now):
                        self._run(journey)
                    self.assertEqual(participants.state, state)

    def test_day_and_hour_are_those_of_the_customer(self):
        """On Monday 2026-06-15: for ten o'clock of Tuesday Tokyo has to wait less than New York."""
        for zone, weekday, due in (
            ("Asia/Tokyo", "1", "2026-06-16 01:00:00"),
            ("America/New_York", "1", "2026-06-16 14:00:00"),
            ("America/New_York", "any", "2026-06-15 14:00:00"),
            ("Europe/Berlin", "0", "2026-06-22 08:00:00"),
            ("Europe/Berlin", "work", "2026-06-16 08:00:00"),
        ):
            with self.subTest(zone=zone, weekday=weekday), freeze_time("2026-06-15 10:00:00"):
                self.customer.tz = zone
                journey = self._create_journey({"kind": "wait", "wait_kind": "moment", "wait_weekday": weekday})
                participants = self._enter(journey, self.customer)
                self._run(journey)
                self.assertEqual(str(participants.date_due), due)

    def test_clock_change_moves_the_hour_in_utc(self):
        """Europe leaves summer time on 2026-10-25: ten o'clock is at eight before and at nine after."""
        self.customer.tz = "Europe/Berlin"
        journey = self._create_journey({"kind": "wait", "wait_kind": "moment", "wait_weekday": "0"})
        with freeze_time("2026-10-24 10:00:00"):
            participants = self._enter(journey, self.customer)
            self._run(journey)
        self.assertEqual(str(participants.date_due), "2026-10-26 09:00:00")

    def test_split_parts_customers_the_same_way_each_time(self):
        journey = self.env["crm.journey"].create({"name": "Split", "reentry": "after"})
        [split] = self._add_steps(journey.draft_id, "split")
        for name, percent in (("L", 25), ("R", 75)):
            [step] = self._add_steps(journey.draft_id, {"kind": "wait", "name": name})
            split.variant_ids.create({"step_id": split.id, "name": name, "percent": percent, "target_id": step.id})
        journey.action_start()
        customers = self._create_customers(200)
        participants = self._enter(journey, customers)
        self._run(journey)
        places = self._get_places(participants)
        self.assertTrue(25 < places.count("L") < 75)
        participants._leave("exited", "hand")
        again = self._enter(journey, customers)
        self._run(journey)
        self.assertEqual(self._get_places(again), places)

    def test_branch_on_segment_and_on_the_customer(self):
        one, two = self._create_customers(2)
        one.city = "Riga"
        domain = "[('city', '=', 'Riga')]"
        segment = self._create_segment({"kind": "partner", "partner_domain": domain})
        segment._refresh()
        for condition in (
            {"condition_kind": "partner", "partner_domain": domain},
            {"condition_kind": "segment", "segment_id": segment.id},
        ):
            with self.subTest(condition=condition):
                journey = self._create_journey({"kind": "branch", **condition}, {"kind": "wait", "name": "in Riga"})
                first, second = (self._enter(journey, customer) for customer in (one, two))
                self._run(journey)
                self.assertEqual(self._get_places(first | second), ["in Riga", "done"])

    def test_deal_coupon_pricelist_and_webhook(self):
        program = self.env["loyalty.program"].create({"name": "Welcome", "program_type": "coupons"})
        pricelist = self.env["product.pricelist"].create({"name": "Friends"})
        webhook = self.env["crm.webhook"].create({"name": "Shop", "url": "https://shop.example/hook"})
        campaign = self.env["utm.campaign"].create({"title": "Spring"})
        journey = self._create_journey(
            "deal",
            {"kind": "coupon", "program_id": program.id, "points": 5},
            {"kind": "pricelist", "pricelist_id": pricelist.id},
            {"kind": "webhook", "webhook_id": webhook.id},
            campaign_id=campaign.id,
        )
        self._enter(journey, self.customer)
        self._run(journey)
        deal = self.customer.opportunity_ids
        self.assertEqual((deal.campaign_id, deal.user_id), (campaign, self.anna))
        self.assertEqual((program.coupon_ids.partner_id, program.coupon_ids.points), (self.customer, 5))
        self.assertEqual(self.customer.specific_property_product_pricelist, pricelist)
        delivery = self.env["crm.webhook.delivery"].search([("webhook_id", "=", webhook.id)])
        self.assertEqual(delivery.event_id.payload["journey_id"], journey.id)

    def test_many_activities_are_one_message_to_the_salesperson(self):
        journey = self._create_journey({"kind": "activity", "summary": "Call him", "due_days": 2})
        customers = self._create_customers(5, user_id=self.anna.id)
        self._enter(journey, customers)
        self._run(journey)
        activities = customers.activity_ids
        self.assertEqual(activities.mapped("summary"), ["Call him"] * 5)
        self.assertEqual(activities.user_id, self.anna)
        told = self.env["mail.message"].search([("partner_ids", "in", self.anna.partner_id.ids)], limit=1)
        self.assertIn("5 activities", told.subject)
