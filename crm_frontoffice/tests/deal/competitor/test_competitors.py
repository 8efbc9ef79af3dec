from odoo import Command
from odoo.tests import Form

from ...common import FrontofficeCase


class TestCompetitors(FrontofficeCase):
    """Who else wants a deal, who got it, and how often we win against whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival, cls.other = cls.env["res.partner"].create(
            [{"name": "Rival Chairs", "is_company": True}, {"name": "Other Chairs", "is_company": True}]
        )

    def _compete(self, deal, *partners):
        deal.competitor_ids = [Command.create({"partner_id": partner.id}) for partner in partners]

    def _lose(self, deals, **values):
        wizard = self.env["crm.lead.lost"].with_user(self.anna).with_context(active_test=False)
        wizard.create({"lead_ids": [Command.set(deals.ids)], **values}).action_lost_reason_apply()

    def test_who_competes_is_a_competitor_from_then_on(self):
        deal = self._create_deal().with_user(self.anna)
        self._compete(deal, self.rival)
        self._compete(self._create_deal(name="Second"), self.rival)
        self.assertEqual(self.rival.role_ids.mapped("role"), ["competitor"])

    def test_lost_wizard_proposes_the_only_competitor(self):
        deal = self._create_deal()
        self._compete(deal, self.rival)
        form = Form(self.env["crm.lead.lost"].with_user(self.anna).with_context(default_lead_ids=deal.ids))
        self.assertEqual(form.lost_to_id, self.rival)
        form.save().action_lost_reason_apply()
        self.assertEqual(deal.lost_to_id, self.rival)
        self.assertEqual(deal.won_status, "lost")
        self.assertTrue(deal.competitor_ids.is_winner)

    def test_winner_is_added_to_the_competitors_of_all_lost_deals(self):
        deals = self._create_deal(name="One") | self._create_deal(name="Two")
        self._compete(deals[0], self.other)
        self._lose(deals, lost_to_id=self.rival.id)
        self.assertEqual(deals.mapped("lost_to_id"), self.rival)
        self.assertEqual(deals[0].competitor_ids.filtered("is_winner").partner_id, self.rival)

    def test_nobody_got_it(self):
        deal = self._create_deal()
        self._lose(deal)
        self.assertFalse(deal.lost_to_id)
        self.assertEqual(deal.won_status, "lost")

    def test_wins_and_losses_are_counted_by_competitor(self):
        lost, otherwise, won, pending = (
            self._create_deal(name=str(number), expected_revenue=100) for number in range(4)
        )
        for deal in (lost, otherwise, won, pending):
            self._compete(deal, self.rival, self.other)
        self._lose(lost, lost_to_id=self.rival.id)
        self._lose(otherwise)
        won.action_set_won()
        self.env.flush_all()
        report = self.env["crm.competitor.report"].with_user(self.anna)
        counts = report._read_group(
            [("partner_id", "=", self.rival.id)], ["outcome"], ["__count", "expected_revenue:sum"], order="outcome"
        )
        self.assertCountEqual(
            counts, [("lost", 1, 100.0), ("lost_to", 1, 100.0), ("pending", 1, 100.0), ("won", 1, 100.0)]
        )
        [(share,)] = report._read_group([("partner_id", "=", self.rival.id)], [], ["won_share:avg"])
        self.assertAlmostEqual(share, 100 / 3)
        self.assertFalse(report.with_user(self.boris).search([("partner_id", "=", self.rival.id)]))

    def test_merged_competitors_stand_once_and_stay_the_winner(self):
        deal = self._create_deal()
        self._compete(deal, self.rival, self.other)
        self._lose(deal, lost_to_id=self.other.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.rival.id, self.other.id], self.rival)
        self.env.invalidate_all()
        self.assertEqual(deal.competitor_ids.partner_id, self.rival)
        self.assertEqual(deal.lost_to_id, self.rival)

    def test_merged_deals_keep_the_competitors_of_all(self):
        kept, gone = self._create_deal(name="Kept", probability=90), self._create_deal(name="Gone", probability=10)
        self._compete(kept, self.rival)
        self._compete(gone, self.rival, self.other)
        (kept | gone).merge_opportunity()
        self.assertEqual(kept.competitor_ids.partner_id, self.rival | self.other)
