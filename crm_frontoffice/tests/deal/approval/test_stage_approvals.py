from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged

from ....exceptions import StageGateError
from ...common import FrontofficeCase
from .common import ApprovalFixtures


class StageApprovalFixtures(ApprovalFixtures):
    """Deals of more than 1,000 need a yes before they get an offer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = [{"name": "Fresh", "sequence": -5}, {"name": "Offered", "sequence": 50}]
        cls.fresh, cls.offered = cls.env["crm.stage"].create(stages)
        cls.big = cls.env["crm.approval.rule"].create(
            {
                "name": "Big deals",
                "subject": "stage",
                "domain": "[('expected_revenue', '>', 1000)]",
                "approver_type": "user",
                "approver_id": cls.leader.id,
            }
        )
        gate = {"stage_id": cls.offered.id, "kind": "approval", "approval_rule_id": cls.big.id}
        cls.env["crm.stage.gate"].create(gate)

    def _create_big_deal(self, revenue=5000, **values):
        return self._create_deal(stage_id=self.fresh.id, expected_revenue=revenue, **values).with_user(self.anna)


@tagged("post_install", "-at_install")
class TestStageApprovals(StageApprovalFixtures, FrontofficeCase):
    """A stage may need the yes of somebody else; the deal stays free to be worked on meanwhile."""

    def test_refused_move_says_who_decides_and_a_yes_moves_the_deal(self):
        deal = self._create_big_deal()
        with self.assertRaises(StageGateError) as refused, self.cr.savepoint():
            deal.stage_id = self.offered
            self.env.flush_all()
        (missing,) = refused.exception.context["missing"]
        self.assertEqual((missing["kind"], missing["approver"], missing["is_asked"]), ("approval", "Lena", False))
        self.env.invalidate_all()
        self.assertEqual(deal.request_approvals(self.offered.id, "A good customer"), ["Lena"])
        approval = deal.approval_ids
        self.assertEqual((approval.reason, approval.covered, deal.stage_id), ("A good customer", 5000, self.fresh))
        approval.with_user(self.leader).action_approve()
        self.assertEqual(deal.stage_id, self.offered)

    def test_small_deal_needs_nobody(self):
        deal = self._create_big_deal(revenue=900)
        deal.stage_id = self.offered
        self.assertEqual(deal.stage_id, self.offered)

    def test_deal_that_lacks_something_else_waits_for_its_salesperson(self):
        field = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        self.env["crm.stage.gate"].create({"stage_id": self.offered.id, "kind": "field", "field_id": field.id})
        deal = self._create_big_deal()
        deal.request_approvals(self.offered.id)
        deal.approval_ids.with_user(self.leader).action_approve()
        self.assertEqual(deal.stage_id, self.fresh)
        deal.write({"date_deadline": "2030-01-01", "stage_id": self.offered.id})
        self.assertEqual(deal.stage_id, self.offered)

    def test_deal_that_grows_beyond_the_yes_is_asked_again(self):
        deal = self._create_big_deal()
        deal.request_approvals(self.offered.id)
        deal.approval_ids.with_user(self.leader).action_approve()
        deal.write({"stage_id": self.fresh.id, "expected_revenue": 9000})
        with self.assertRaises(StageGateError):
            deal.stage_id = self.offered
            self.env.flush_all()

    def test_lost_deal_ends_the_question(self):
        deal = self._create_big_deal()
        deal.request_approvals(self.offered.id)
        deal.action_set_lost()
        self.assertEqual(deal.approval_ids.state, "withdrawn")

    def test_waiting_question_is_told_instead_of_asked_again(self):
        deal = self._create_big_deal()
        deal.request_approvals(self.offered.id)
        with self.assertRaisesRegex(StageGateError, "wait for the answer of Lena"):
            deal.stage_id = self.offered
            self.env.flush_all()

    def test_gate_without_a_rule_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "choose the rule"):
            self.env["crm.stage.gate"].create({"stage_id": self.offered.id, "kind": "approval"})

    def test_many_deals_are_asked_about_with_few_queries(self):
        deals = self.env["crm.lead"].union(*(self._create_big_deal(name=f"Deal {number}") for number in range(10)))
        self.env.flush_all()
        self.env.invalidate_all()
        gate = self.offered.sudo().gate_ids
        with self.assertQueryCount(4):
            self.assertEqual(len(gate.with_user(self.anna).sudo()._find_lacking(deals.sudo())), 10)


@tagged("post_install", "-at_install")
class TestStageApprovalTour(StageApprovalFixtures, HttpCase):
    """The dialog of a refused drag asks for the approval."""

    def test_salesperson_asks_in_the_dialog(self):
        deal = self._create_big_deal(name="Big Deal")
        self.start_tour("/odoo/action-crm.crm_lead_action_pipeline", "stage_approval", login="anna_test")
        self.assertEqual(deal.approval_ids.approver_id, self.leader)
