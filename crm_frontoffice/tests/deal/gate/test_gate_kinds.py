from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ....exceptions import StageGateError
from ...common import FrontofficeCase


@tagged("post_install", "-at_install")
class TestGateKinds(FrontofficeCase):
    """What a stage may demand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh, cls.talk, cls.offer = cls.env["crm.stage"].create(
            [
                {"name": "Fresh", "sequence": -5},
                {"name": "Talk", "sequence": 40},
                {"name": "Offer", "sequence": 50},
            ]
        )

    def setUp(self):
        super().setUp()
        self.deal = self._create_deal(stage_id=self.fresh.id).with_user(self.anna)

    def _gate(self, kind, **values):
        return self.env["crm.stage.gate"].create({"stage_id": self.offer.id, "kind": kind, **values})

    def assert_refused(self, text):
        with self.assertRaisesRegex(StageGateError, text), self.cr.savepoint():
            self.deal.stage_id = self.offer
        self.env.invalidate_all()

    def assert_passes(self):
        self.deal.stage_id = self.offer
        self.assertEqual(self.deal.stage_id, self.offer)

    def _quote(self, **values):
        return self.env["sale.order"].create(
            {"partner_id": self.customer.id, "opportunity_id": self.deal.id, "user_id": self.boris.id, **values}
        )

    def test_document_must_be_attached(self):
        self._gate("document")
        self.assert_refused("attach the document")
        self.env["ir.attachment"].create(
            {"name": "Brief", "res_model": "crm.lead", "res_id": self.deal.id, "raw": b"x"}
        )
        self.assert_passes()

    def test_quotation_must_be_signed(self):
        self._gate("signature")
        order = self._quote()
        self.assert_refused("have a quotation signed")
        order.signed_on = fields.Datetime.now()
        self.assert_passes()

    def test_quotation_must_have_products(self):
        self._gate("lines")
        order = self._quote(order_line=[(0, 0, {"display_type": "line_note", "name": "Nothing yet"})])
        self.assert_refused("make a quotation with products")
        order.order_line = [(0, 0, {"product_id": self.product.id})]
        self.assert_passes()

    def test_cancelled_quotation_does_not_count(self):
        self._gate("lines")
        self._quote(order_line=[(0, 0, {"product_id": self.product.id})])._action_cancel()
        self.assert_refused("make a quotation")

    def test_stage_may_not_be_skipped(self):
        self._gate("previous", from_stage_ids=[(6, 0, self.talk.ids)])
        self.assert_refused("it may only come from Talk")
        self.deal.stage_id = self.talk
        self.assert_passes()

    def test_only_a_role_may_move(self):
        manager = self.env.ref("sales_team.group_sale_manager")
        self._gate("role", group_ids=[(6, 0, manager.ids)])
        self.assert_refused("ask for the move")
        self.deal = self.deal.with_user(self.maria)
        self.assert_passes()

    def test_gate_that_says_nothing_is_refused(self):
        for kind in ("field", "domain", "previous", "role"):
            with self.subTest(kind=kind), self.assertRaisesRegex(ValidationError, "Offer: "), self.cr.savepoint():
                self._gate(kind)

    def test_checking_costs_no_query_for_each_deal(self):
        for kind in ("document", "signature", "lines"):
            self._gate(kind, message=kind)
        self._gate("previous", from_stage_ids=[(6, 0, self.fresh.ids)])
        deals = self.env["crm.lead"].create([{"name": "D", "stage_id": self.fresh.id} for _number in range(40)])
        self.env.flush_all()
        with self.assertQueryCount(20), self.assertRaises(StageGateError) as caught:
            deals.write({"stage_id": self.offer.id})
        self.assertEqual(len(caught.exception.context["missing"]), 120)
