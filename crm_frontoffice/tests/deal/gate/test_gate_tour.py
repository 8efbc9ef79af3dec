from odoo.tests import HttpCase, tagged

from .test_gate_paths import GatedFixtures


@tagged("post_install", "-at_install")
class TestGateTour(GatedFixtures, HttpCase):
    """A refused drag opens one dialog, which repeats the move."""

    def test_salesperson_fills_in_what_is_missing_and_the_deal_moves(self):
        deal = self._create_deal(stage_id=self.fresh.id)
        self.start_tour("/odoo/action-crm.crm_lead_action_pipeline", "stage_gate", login="anna_test")
        self.assertEqual((deal.stage_id, deal.expected_revenue), (self.offer, 500))
