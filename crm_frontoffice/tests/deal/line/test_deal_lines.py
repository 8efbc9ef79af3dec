from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from ...common import FrontofficeCase


class TestDealLines(FrontofficeCase):
    """Products of a deal: what they come to, and their way into the quotation and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["product.product"].create(
            {"name": "Care", "type": "service", "list_price": 50.0, "taxes_id": False}
        )
        cls.monthly, cls.yearly = cls.env["crm.recurring.plan"].create(
            [{"name": "Month", "number_of_months": 1}, {"name": "Year", "number_of_months": 12}]
        )
        cls.anna.group_ids += cls.env.ref("crm.group_use_recurring_revenues")

    def _add(self, deal, product=None, **values):
        deal.line_ids = [Command.create({"product_id": (product or self.product).id, **values})]

    def test_products_give_the_amount_of_a_deal_that_had_none(self):
        deal = self._create_deal().with_user(self.anna)
        self._add(deal, quantity=4, discount=10)
        self.assertTrue(deal.is_amount_from_lines)
        self.assertEqual(deal.expected_revenue, 360)
        deal.line_ids.quantity = 2
        self.assertEqual(deal.expected_revenue, 180)
        deal.line_ids.unlink()
        self.assertEqual(deal.expected_revenue, 0)

    def test_typed_amount_is_not_overwritten_until_somebody_wants_it(self):
        deal = self._create_deal(expected_revenue=5000).with_user(self.anna)
        self._add(deal, quantity=4)
        self.assertEqual((deal.expected_revenue, deal.line_total), (5000, 400))
        deal.is_amount_from_lines = True
        self.assertEqual(deal.expected_revenue, 400)

    def test_typing_an_amount_switches_off(self):
        deal = self._create_deal().with_user(self.anna)
        self._add(deal)
        with Form(deal) as form:
            form.expected_revenue = 120
        self._add(deal)
        self.assertFalse(deal.is_amount_from_lines)
        self.assertEqual(deal.expected_revenue, 120)

    def test_writing_the_same_amount_is_not_typing(self):
        deal = self._create_deal()
        self._add(deal)
        deal.write({"expected_revenue": 100, "priority": "1"})
        self.assertTrue(deal.is_amount_from_lines)

    def test_recurring_products_give_the_recurring_revenue(self):
        deal = self._create_deal().with_user(self.anna)
        self._add(deal)
        self._add(deal, self.service, plan_id=self.monthly.id)
        self._add(deal, self.service, quantity=12, plan_id=self.yearly.id)
        self.assertEqual((deal.expected_revenue, deal.recurring_revenue), (100, 100))
        self.assertEqual(deal.recurring_plan, self.monthly)
        self.assertEqual(deal.line_monthly_total, 100)

    def test_price_comes_from_the_price_list_of_the_customer(self):
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 20})],
            }
        )
        deal = self._create_deal().with_user(self.anna)
        self._add(deal)
        self.assertEqual(deal.line_ids.price_unit, 80)

    def test_new_quotation_has_the_products(self):
        self.anna.group_ids += self.env.ref("sale.group_discount_per_so_line")
        deal = self._create_deal().with_user(self.anna)
        self._add(deal, quantity=4, price_unit=90, discount=10)
        self._add(deal, self.service, quantity=2)
        action = deal.action_sale_quotations_new()
        form = Form(self.env["sale.order"].with_user(self.anna).with_context(**action["context"]))
        order = form.save()
        self.assertRecordValues(
            order.order_line,
            [
                {"product_id": self.product.id, "product_uom_qty": 4, "price_unit": 90, "discount": 10},
                {"product_id": self.service.id, "product_uom_qty": 2, "price_unit": 50, "discount": 0},
            ],
        )
        self.assertEqual(order.opportunity_id, deal)
        self.assertEqual(order.amount_untaxed, deal.line_total)

    def test_quotation_without_discounts_has_the_price_that_is_left(self):
        self.env.ref("base.group_user").implied_ids -= self.env.ref("sale.group_discount_per_so_line")
        deal = self._create_deal().with_user(self.anna)
        self._add(deal, quantity=2, discount=10)
        context = deal.action_new_quotation()["context"]
        order = Form(self.env["sale.order"].with_user(self.anna).with_context(**context)).save()
        self.assertEqual((order.order_line.price_unit, order.amount_untaxed), (90, deal.line_total))

    def test_quotation_list_of_a_deal_creates_no_products_in_other_documents(self):
        deal = self._create_deal()
        self._add(deal)
        self.assertNotIn("default_order_line", deal.action_new_quotation()["context"])
        self.assertNotIn("crm_quotation_lines_of", deal.action_view_sale_quotation()["context"])

    def test_quotation_brings_its_products_back(self):
        deal = self._create_deal().with_user(self.anna)
        self._add(deal, self.service, plan_id=self.monthly.id)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": deal.id,
                "user_id": self.anna.id,
                "order_line": [
                    Command.create({"display_type": "line_section", "name": "Furniture"}),
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 2,
                            "product_uom_id": dozen.id,
                            "price_unit": 1200,
                            "discount": 5,
                        }
                    ),
                    Command.create({"product_id": self.service.id, "product_uom_qty": 3, "price_unit": 40}),
                ],
            }
        )
        deal.action_take_order_lines()
        self.assertRecordValues(
            deal.line_ids,
            [
                {"product_id": self.product.id, "quantity": 24, "price_unit": 100, "discount": 5, "plan_id": False},
                {
                    "product_id": self.service.id,
                    "quantity": 3,
                    "price_unit": 40,
                    "discount": 0,
                    "plan_id": self.monthly.id,
                },
            ],
        )
        self.assertEqual((deal.expected_revenue, deal.recurring_revenue), (2280, 120))

    def test_deal_without_a_quotation_says_so(self):
        with self.assertRaisesRegex(UserError, "no quotation"):
            self._create_deal().action_take_order_lines()

    def test_merged_deals_keep_the_products_of_all(self):
        kept, gone = self._create_deal(name="Kept", probability=90), self._create_deal(name="Gone", probability=10)
        self._add(kept)
        self._add(gone, self.service)
        (kept | gone).merge_opportunity()
        self.assertEqual(kept.line_ids.product_id, self.product | self.service)
        self.assertEqual(kept.expected_revenue, 150)

    def test_copied_deal_has_the_products(self):
        deal = self._create_deal()
        self._add(deal, quantity=3)
        self.assertEqual(deal.copy().line_ids.mapped("quantity"), [3])

    def test_queries_do_not_grow_with_the_products(self):
        deal = self._create_deal()
        products = self.env["product.product"].create(
            [{"name": f"P{number}", "list_price": number} for number in range(40)]
        )
        self.env.flush_all()

        def count(some):
            self.env.invalidate_all()
            with self.assertQueryCount(30):
                before = self.env.cr.sql_log_count
                deal.line_ids = [Command.create({"product_id": product.id}) for product in some]
                self.env.flush_all()
                return self.env.cr.sql_log_count - before

        count(products[:1])
        self.assertLessEqual(count(products[5:]), count(products[1:5]) + 2)
