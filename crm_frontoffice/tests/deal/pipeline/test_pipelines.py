from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ....exceptions import StageGateError
from ...common import FrontofficeCase


class PipelineFixtures:
    """The sales pipeline, and one for onboarding."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls.env.ref("crm_frontoffice.crm_pipeline_sales")
        cls.onboarding = cls.env["crm.pipeline"].create({"name": "Onboarding", "sequence": 20})
        cls.new, cls.proposal = cls.env["crm.stage"].create(
            [
                {"name": "Open", "sequence": -5, "pipeline_id": cls.sales.id, "status": "new"},
                {"name": "Offer", "sequence": 60, "pipeline_id": cls.sales.id, "status": "proposal"},
            ]
        )
        cls.kickoff, cls.training, cls.live = cls.env["crm.stage"].create(
            [
                {"name": "Kick-off", "sequence": 1, "pipeline_id": cls.onboarding.id, "status": "new"},
                {"name": "Training", "sequence": 2, "pipeline_id": cls.onboarding.id, "status": "proposal"},
                {"name": "Live", "sequence": 70, "pipeline_id": cls.onboarding.id, "is_won": True},
            ]
        )


@tagged("post_install", "-at_install")
class TestPipelines(PipelineFixtures, FrontofficeCase):
    """Deals go through the stages of their pipeline, whatever their team."""

    def test_stages_that_were_there_before_are_the_sales_pipeline(self):
        won = self.env.ref("crm.stage_lead4")
        self.assertEqual((won.pipeline_id, won.status), (self.sales, "won"))

    def test_deal_starts_in_the_first_pipeline_or_that_of_its_team(self):
        self.assertEqual(self._create_deal().pipeline_id, self.sales)
        self.onboarding.team_ids = self.team
        deal = self._create_deal()
        self.assertEqual((deal.pipeline_id, deal.stage_id), (self.onboarding, self.kickoff))

    def test_deal_is_created_in_the_pipeline_that_somebody_wants(self):
        deal = self._create_deal(pipeline_id=self.onboarding.id)
        self.assertEqual((deal.pipeline_id, deal.stage_id), (self.onboarding, self.kickoff))
        quick = self.env["crm.lead"].with_context(default_pipeline_id=self.onboarding.id).create({"name": "Quick"})
        self.assertEqual(quick.stage_id, self.kickoff)

    def test_deal_that_changes_its_pipeline_lands_in_the_stage_that_means_the_same(self):
        deal = self._create_deal(stage_id=self.proposal.id).with_user(self.anna)
        deal.pipeline_id = self.onboarding
        self.assertEqual(deal.stage_id, self.training)
        deal.stage_id = self.new
        self.assertEqual(deal.pipeline_id, self.sales)

    def test_stage_of_the_same_meaning_is_missing_the_one_before_it_is_taken(self):
        self.training.status = "qualified"
        deal = self._create_deal(stage_id=self.proposal.id)
        deal.pipeline_id = self.onboarding
        self.assertEqual(deal.stage_id, self.training)

    def test_form_offers_the_stages_of_the_pipeline(self):
        deal = self._create_deal(stage_id=self.proposal.id)
        with Form(deal) as form:
            form.pipeline_id = self.onboarding
            self.assertEqual(form.stage_id, self.training)
        self.assertEqual(deal.stage_id, self.training)

    def test_gates_hold_when_the_pipeline_changes(self):
        self.env["crm.stage.gate"].create({"stage_id": self.training.id, "kind": "document"})
        deal = self._create_deal(stage_id=self.proposal.id)
        with self.assertRaises(StageGateError):
            deal.pipeline_id = self.onboarding

    def test_won_button_wins_in_the_own_pipeline(self):
        deals = self._create_deal(stage_id=self.new.id) + self._create_deal(stage_id=self.kickoff.id)
        deals.with_user(self.anna).action_set_won()
        self.assertEqual(deals[1].stage_id, self.live)
        self.assertEqual(deals[0].pipeline_id, self.sales)
        self.assertEqual(deals.mapped("won_status"), ["won", "won"])

    def test_kanban_shows_the_columns_of_one_pipeline(self):
        deals = self._create_deal(stage_id=self.new.id) + self._create_deal(stage_id=self.kickoff.id)
        groups = self.env["crm.lead"].formatted_read_group(
            [("id", "in", deals.ids), ("pipeline_id", "in", [self.onboarding.id, False])], ["stage_id"], ["__count"]
        )
        columns = [group["stage_id"][1] for group in groups]
        self.assertEqual([name for name in columns if name in ("Kick-off", "Training", "Live")], columns)

    def test_totals_compare_across_pipelines(self):
        deals = self._create_deal(stage_id=self.proposal.id, expected_revenue=100)
        deals += self._create_deal(stage_id=self.training.id, expected_revenue=50)
        totals = self.env["crm.lead"]._read_group([("id", "in", deals.ids)], ["stage_status"], ["expected_revenue:sum"])
        self.assertEqual(totals, [("proposal", 150)])

    def test_stages_of_teams_keep_working(self):
        own = self.env["crm.stage"].create({"name": "Team only", "sequence": -90, "team_ids": self.team.ids})
        deal = self._create_deal()
        self.assertEqual(deal.stage_id, own)
        deal.team_id = self.env["crm.team"].create({"name": "Other"})
        self.assertNotEqual(deal.stage_id, own)

    def test_deal_in_a_stage_that_all_pipelines_share_goes_on_in_its_own(self):
        shared = self.env["crm.stage"].create({"name": "Shared", "sequence": -99})
        deal = self._create_deal()
        self.assertEqual((deal.stage_id, deal.pipeline_id), (shared, self.sales))
        deal.pipeline_id = self.onboarding
        deal.action_set_won()
        self.assertEqual(deal.stage_id, self.live)

    def test_predictive_scoring_keeps_working_with_several_pipelines(self):
        self.env["ir.config_parameter"].set_param("crm.pls_start_date", "2000-01-01")
        history = self.env["crm.lead"].create(
            [{"name": f"Past {n}", "type": "opportunity", "stage_id": self.new.id} for n in range(6)]
        )
        history[:4].action_set_won()
        history[4:].action_set_lost()
        deals = self._create_deal(stage_id=self.proposal.id) + self._create_deal(stage_id=self.training.id)
        self.env["crm.lead"]._cron_update_automated_probabilities()
        self.env.invalidate_all()
        self.assertTrue(all(0 < deal.automated_probability < 100 for deal in deals))

    def test_won_deal_is_followed_up_in_another_pipeline_once(self):
        self.sales.followup_pipeline_id = self.onboarding
        deal = self._create_deal(stage_id=self.new.id).with_user(self.anna)
        deal.action_set_won()
        followup = deal.followup_ids
        self.assertEqual((followup.pipeline_id, followup.stage_id), (self.onboarding, self.kickoff))
        self.assertEqual((followup.partner_id, followup.user_id), (self.customer, self.anna))
        deal.stage_id = self.new
        deal.action_set_won()
        self.assertEqual(deal.followup_ids, followup)

    def test_merged_deals_keep_what_follows_them(self):
        self.sales.followup_pipeline_id = self.onboarding
        won, other = self._create_deal(stage_id=self.new.id), self._create_deal(stage_id=self.new.id, name="Twin")
        won.action_set_won()
        followup = won.followup_ids
        merged = (won + other).merge_opportunity()
        self.assertEqual(followup.origin_id, merged)

    def test_pipeline_does_not_follow_itself(self):
        with self.assertRaises(ValidationError):
            self.sales.followup_pipeline_id = self.sales

    def test_changing_the_pipeline_of_many_deals_costs_no_query_each(self):
        deals = self.env["crm.lead"].create([{"name": "D", "stage_id": self.proposal.id} for _n in range(40)])
        quiet = deals.with_context(tracking_disable=True)
        self.env.flush_all()
        with self.assertQueryCount(30):
            quiet.pipeline_id = self.onboarding
            self.env.flush_all()
