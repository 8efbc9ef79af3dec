from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from ....contexts import INSIDE
from ...common import FrontofficeCase
from .common import ApprovalFixtures


@tagged("post_install", "-at_install")
class TestDiscountApprovals(ApprovalFixtures, FrontofficeCase, MailCase):
    """A discount above the limit needs a yes before staff send or confirm it; the customer is never held up."""

    def _ask(self, order):
        order.action_request_approvals()
        return self.env["crm.approval"].search([("order_id", "=", order.id)], order="id desc", limit=1)

    def test_salesperson_cannot_send_or_confirm_before_the_yes(self):
        order = self._create_order()
        for step in (order.action_confirm, order.action_quotation_send):
            with self.assertRaisesRegex(UserError, f"{order.name}, 20 %: Big discount"):
                step()
        approval = self._ask(order)
        self.assertEqual((approval.approver_id, approval.covered, approval.state), (self.leader, 20.0, "pending"))
        approval.with_user(self.leader).action_approve()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_small_discount_needs_nobody(self):
        order = self._create_order(discount=10.0)
        self.assertFalse(order.approval_need)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_price_lowered_by_hand_and_discount_on_the_whole_count_as_well(self):
        order = self._create_order(discount=0.0)
        order.order_line.price_unit = 80.0
        self.assertEqual(order.discount_percent, 20.0)
        other = self._create_order(discount=0.0)
        other.order_line = [Command.create({"product_id": self.product.id, "name": "Off", "price_unit": -50.0})]
        self.assertEqual(other.discount_percent, 25.0)
        with self.assertRaises(UserError):
            (order + other).action_confirm()

    def test_yes_holds_up_to_the_discount_for_which_it_was_given(self):
        order = self._create_order()
        self._ask(order).with_user(self.leader).action_approve()
        order.order_line.discount = 18.0
        self.assertFalse(order.approval_need)
        order.order_line.discount = 21.0
        self.assertEqual(order.approval_need, "Big discount")

    def test_asking_twice_asks_once_and_brings_the_question_up_to_date(self):
        order = self._create_order()
        first = self._ask(order)
        order.order_line.discount = 30.0
        self.assertEqual(self._ask(order), first)
        self.assertEqual(first.covered, 30.0)

    def test_approver_gets_a_mail_and_an_activity_which_ends_with_the_decision(self):
        order = self._create_order()
        with self.mock_mail_gateway():
            approval = self._ask(order)
        self.assertIn(self.leader.email, self._new_mails.mapped("email_to")[0])
        self.assertIn("/approval/", self._new_mails.body_html)
        self.assertEqual(order.activity_ids.user_id, self.leader)
        approval.with_user(self.leader).action_approve()
        self.assertFalse(order.activity_ids)

    def test_customer_who_signs_or_pays_is_not_held_up(self):
        order = self._create_order()
        order.sudo()._validate_order()
        self.assertEqual(order.state, "sale")
        paid = self._create_order()
        paid.sudo().with_context(crm_confirmed_by_payment=INSIDE).action_confirm()
        self.assertEqual(paid.state, "sale")

    def test_caller_cannot_claim_that_the_customer_has_signed_or_paid(self):
        order = self._create_order()
        for claim in ("crm_accepted_by_customer", "crm_confirmed_by_payment"):
            with self.subTest(claim=claim), self.assertRaisesRegex(UserError, "Big discount"):
                order.with_context(**{claim: True}).action_confirm()

    def test_deputy_decides_for_whoever_is_out_of_office(self):
        self._send_on_leave(self.leader)
        approval = self._ask(self._create_order())
        self.assertEqual(approval.approver_id, self.dora)
        approval.with_user(self.dora).action_approve()
        self.assertEqual((approval.state, approval.decider_id), ("approved", self.dora))

    def test_question_goes_to_the_deputy_when_somebody_leaves_later(self):
        approval = self._ask(self._create_order())
        self._send_on_leave(self.leader)
        self.env["crm.approval"]._cron_hand_to_deputies()
        self.assertEqual(approval.approver_id, self.dora)
        self.assertEqual(approval.order_id.activity_ids.user_id, self.dora)

    def test_nobody_decides_about_his_own_request_or_that_of_others(self):
        approval = self._ask(self._create_order())
        for user in (self.anna, self.boris):
            with self.assertRaises(AccessError):
                approval.with_user(user).sudo(False).action_approve()
        with self.assertRaises(AccessError):
            approval.with_user(self.anna).write({"state": "approved"})
        self.assertEqual(approval.state, "pending")

    def test_second_decision_is_told_that_the_first_stands(self):
        approval = self._ask(self._create_order())
        approval.with_user(self.leader).action_approve()
        with self.assertRaisesRegex(UserError, "decided already"):
            approval.with_user(self.maria).action_approve()

    def test_refusal_says_why_and_the_salesperson_reads_it(self):
        order = self._create_order()
        approval = self._ask(order)
        window = approval.with_user(self.leader).action_refuse()
        refusal = (
            self.env["crm.approval.refusal"]
            .with_user(self.leader)
            .with_context(**window["context"])
            .create({"comment": "Ten percent are enough"})
        )
        refusal.action_refuse()
        self.assertEqual((approval.state, approval.comment), ("refused", "Ten percent are enough"))
        message = order.message_ids[0]
        self.assertIn("Ten percent are enough", message.body)
        self.assertEqual(message.notified_partner_ids, self.anna.partner_id)
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_cancelled_order_ends_the_question(self):
        order = self._create_order()
        approval = self._ask(order)
        order._action_cancel()
        self.assertEqual(approval.state, "withdrawn")

    def test_leader_who_asks_himself_is_noted_as_having_decided(self):
        order = self._create_order().with_user(self.leader)
        approval = self._ask(order)
        self.assertEqual((approval.state, approval.decider_id), ("approved", self.leader))

    def test_team_without_a_leader_is_named(self):
        self.team.user_id = False
        order = self._create_order()
        with self.assertRaisesRegex(UserError, order.name):
            order.action_request_approvals()

    def test_orders_of_a_company_without_rules_cost_no_query(self):
        self.rule.active = False
        orders = self._create_order() + self._create_order()
        self.env.flush_all()
        self.env["crm.approval.rule"]._get_discount_rule_ids(self.company.id)
        orders.mapped("company_id")
        with self.assertQueryCount(0):
            orders._check_approved()

    def test_approvals_are_seen_with_the_order(self):
        approval = self._ask(self._create_order())
        seen = {user: approval.with_user(user).has_access("read") for user in (self.anna, self.boris, self.leader)}
        self.assertEqual(list(seen.values()), [True, False, True])
