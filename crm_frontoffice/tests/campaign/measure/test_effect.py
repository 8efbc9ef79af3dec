import doctest

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ....models.campaign.measure import attribution, proportions
from ..journey.common import JourneyCase


@tagged("post_install", "-at_install")
class TestFormulas(BaseCase):
    """Statistics and attribution by their examples."""

    def test_examples(self):
        for module in (attribution, proportions):
            with self.subTest(module=module.__name__):
                self.assertFalse(doctest.testmod(module).failed)

    def test_every_way_of_dividing_comes_to_one(self):
        for way in attribution.WAYS:
            for days in ([0], [9, 3], [40, 30, 20, 10, 0]):
                with self.subTest(way=way, days=days):
                    self.assertAlmostEqual(sum(attribution.divide(way, days)), 1.0)


@tagged("post_install", "-at_install")
class TestEffect(JourneyCase):
    """The effect of a journey is what its customers were invoiced, less what they would have been anyway."""

    def _create_measured_journey(self, **values):
        journey = self._create_journey({"kind": "wait"}, control_percent=50, **values)
        return journey, self._enter(journey, self._create_customers(60))

    def _invoice(self, participants, price, **values):
        today = fields.Date.today()
        for partner in participants.partner_id:
            line = {"product_id": self.product.id, "quantity": 1, "price_unit": price}
            self._create_invoice(partner_id=partner.id, invoice_date=today, invoice_line_ids=[(0, 0, line)], **values)

    def test_groups_are_compared_by_what_was_invoiced(self):
        journey, participants = self._create_measured_journey()
        reached = participants.filtered(lambda row: row.state == "waiting")
        self._invoice(reached[:10], 100)
        self._invoice(reached[0], 40, move_type="out_refund")
        self._invoice((participants - reached)[:2], 100)
        groups = journey._read_effect_groups()
        self.assertEqual(groups[journey.id, False].count + groups[journey.id, True].count, 60)
        self.assertEqual((groups[journey.id, False].total, groups[journey.id, True].total), (960, 200))
        self.assertEqual(groups[journey.id, False].squares, 9 * 100**2 + 60**2)

    def test_no_verdict_under_the_planned_sample(self):
        journey, participants = self._create_measured_journey()
        self._invoice(participants.filtered(lambda row: row.state == "waiting"), 100)
        self.assertIn("No verdict yet", journey.effect)

    def test_without_a_control_group_nothing_is_claimed(self):
        journey = self._create_journey({"kind": "wait"})
        self._enter(journey, self.customer)
        self.assertIn("Set a control group", journey.effect)
