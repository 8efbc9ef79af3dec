from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ...common import FrontofficeCase


class TestDealStock(FrontofficeCase):
    """What of a deal is in stock, and keeping it for some days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls._put_in_stock(cls.warehouse, 10)
        cls.service = cls.env["product.product"].create({"name": "Care", "type": "service"})

    @classmethod
    def _put_in_stock(cls, warehouse, quantity):
        cls.env["stock.quant"]._update_available_quantity(cls.product, warehouse.lot_stock_id, quantity)

    def _deal(self, quantity, **values):
        deal = self._create_deal(**values)
        deal.line_ids = [Command.create({"product_id": self.product.id, "quantity": quantity})]
        return deal.with_user(self.anna)

    def _expect(self, quantity):
        suppliers = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": quantity,
                "location_id": suppliers.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
            }
        )
        move._action_confirm()

    def test_available_late_and_short(self):
        self._expect(5)
        self.assertEqual(self._deal(10).stock_state, "available")
        self.assertEqual(self._deal(12).stock_state, "late")
        self.assertEqual(self._deal(16).stock_state, "short")

    def test_service_needs_no_stock(self):
        deal = self._create_deal()
        deal.line_ids = [Command.create({"product_id": self.service.id})]
        self.assertFalse(deal.stock_state)

    def test_several_lines_of_a_product_are_counted_together(self):
        deal = self._deal(6)
        deal.line_ids = [Command.create({"product_id": self.product.id, "quantity": 6})]
        self.assertEqual(deal.line_ids.mapped("stock_state"), ["available", "short"])
        self.assertEqual(deal.stock_state, "short")

    def test_the_warehouse_of_the_deal_counts(self):
        other = self.env["stock.warehouse"].create({"name": "North", "code": "NO"})
        deal = self._deal(4, warehouse_id=other.id)
        self.assertEqual(deal.stock_state, "short")
        self._put_in_stock(other, 4)
        deal.invalidate_recordset()
        self.env.invalidate_all()
        self.assertEqual(deal.stock_state, "available")

    def test_kept_goods_are_missing_for_others_until_they_expire(self):
        with freeze_time("2026-03-02 10:00:00"):
            deal, other = self._deal(8), self._deal(5, name="Other")
            deal.action_reserve()
            self.env.invalidate_all()
            self.assertEqual((deal.stock_state, other.stock_state), ("available", "short"))
            self.assertEqual(str(deal.reserved_until), "2026-03-05")
        with freeze_time("2026-03-06 10:00:00"):
            self.env.invalidate_all()
            self.assertEqual(other.stock_state, "available")
            self.assertFalse(deal.reserved_until)
            self.env["crm.stock.reservation"]._cron_end()
            self.assertTrue(deal.reservation_ids.date_end)

    def test_stock_itself_is_not_touched(self):
        self._deal(8).action_reserve()
        quants = self.env["stock.quant"].search([("product_id", "=", self.product.id), ("quantity", ">", 0)])
        self.assertEqual(sum(quants.mapped("reserved_quantity")), 0)
        self.assertEqual(self.product.free_qty, 10)

    def test_only_what_is_there_is_kept(self):
        deal = self._deal(25)
        deal.action_reserve()
        self.assertEqual(deal.reservation_ids.quantity, 10)
        with self.assertRaisesRegex(UserError, "Nothing left"):
            self._deal(1, name="Nothing left").action_reserve()

    def test_keeping_again_replaces_what_was_kept(self):
        deal = self._deal(8)
        deal.action_reserve()
        deal.line_ids.quantity = 3
        deal.action_reserve()
        current = deal.reservation_ids.filtered(lambda kept: not kept.date_end)
        self.assertEqual(current.quantity, 3)

    def test_goods_are_free_once_the_deal_is_lost_or_given_up(self):
        deal, other = self._deal(8), self._deal(5, name="Other")
        deal.action_reserve()
        deal.action_end_reservations()
        self.env.invalidate_all()
        self.assertEqual(other.stock_state, "available")
        deal.action_reserve()
        deal.action_set_lost()
        self.env.invalidate_all()
        self.assertEqual(other.stock_state, "available")
        with self.assertRaisesRegex(UserError, "closed"):
            deal.action_reserve()

    def test_confirmed_order_ends_what_was_kept(self):
        deal = self._deal(8)
        deal.action_reserve()
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "opportunity_id": deal.id})
        order.order_line = [Command.create({"product_id": self.product.id, "product_uom_qty": 8})]
        order.action_confirm()
        self.assertTrue(deal.reservation_ids.date_end)

    def test_queries_do_not_grow_with_the_deals(self):
        products = self.env["product.product"].create(
            [{"name": f"P{number}", "is_storable": True} for number in range(20)]
        )
        deals = self.env["crm.lead"].create(
            [
                {"name": str(n), "type": "opportunity", "line_ids": [Command.create({"product_id": product.id})]}
                for n, product in enumerate(products)
            ]
        )

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("stock_state")
            return self.env.cr.sql_log_count - before

        count(deals[:1])
        self.assertLessEqual(count(deals), count(deals[:2]))
