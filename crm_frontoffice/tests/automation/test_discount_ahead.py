from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestDiscountAhead(FrontofficeCase):
    """A few points to the next reward, or a few pieces to a lower price, are told once, and nothing else is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist = cls.env["product.pricelist"].create({"name": "Steps"})
        cls._set_step(10, 95.0)
        cls._set_step(50, 80.0)
        cls.env["crm.event.scan"]._cron_scan()  # the first run of a search is past, which no rule answers

    @classmethod
    def _set_step(cls, quantity, price, **values):
        return cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": cls.product.product_tmpl_id.id,
                "min_quantity": quantity,
                "compute_price": "fixed",
                "fixed_price": price,
                **values,
            }
        )

    def _scan(self, now="2026-06-16 05:00:00"):
        with freeze_time(now):
            self.env["crm.event.scan"]._cron_scan()
        failed = self.env["crm.event.progress"].search([("state", "=", "failed")])
        self.assertFalse(failed, failed.mapped("error"))

    def _events(self, record, code):
        domain = [("res_model", "=", record._name), ("res_id", "in", record.ids), ("type_id.code", "=", code)]
        return self.env["crm.event"].search(domain, order="id")

    def _switch_on(self, name):
        rule = self.env.ref(f"crm_frontoffice.{name}")
        rule.active = True
        return rule

    def _answer(self):
        self.env["crm.event.firing"]._process_pending()

    # ---- points

    def _create_card(self, program, points):
        values = {"program_id": program.id, "partner_id": self.customer.id, "points": points}
        return self.env["loyalty.card"].create(values)

    def _near(self, card):
        return [event.payload["missing"] for event in self._events(card, "reward_near")]

    def test_next_reward_is_told_from_eighty_percent_of_its_points(self):
        program = self._create_loyalty_program(100, 200)
        far, near, between, beyond = (self._create_card(program, points) for points in (79, 80, 100, 500))
        self._scan()
        self.assertEqual([self._near(card) for card in (far, near, between, beyond)], [[], [20], [], []])
        event = self._events(near, "reward_near")
        self.assertEqual((event.partner_id, event.user_id), (self.customer, self.anna))
        self.assertEqual(event.payload["points"], 80)
        self.assertIn("Regulars", event.payload["subject"])

    def test_each_reward_is_told_once_and_anew_after_points_were_spent(self):
        card = self._create_card(self._create_loyalty_program(100, 200), 90)
        self._scan()
        card.points = 95
        self._scan("2026-06-17 05:00:00")
        self.assertEqual(self._near(card), [10])
        card.points = 170
        self._scan("2026-06-18 05:00:00")
        self.assertEqual(self._near(card), [10, 30], "another reward is ahead")
        self.env["loyalty.history"].create({"card_id": card.id, "description": "Paid with points", "used": 80})
        card.points = 90
        self._scan("2026-06-19 05:00:00")
        self._scan("2026-06-20 05:00:00")
        self.assertEqual(self._near(card), [10, 30, 10])

    def test_points_of_open_quotations_count(self):
        card = self._create_card(self._create_loyalty_program(), 60)
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.env["sale.order.coupon.points"].create({"order_id": order.id, "coupon_id": card.id, "points": 30})
        self._scan()
        self.assertEqual(self._near(card), [10])
        cancelled = self._create_card(self._create_loyalty_program(), 60)
        other = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.env["sale.order.coupon.points"].create({"order_id": other.id, "coupon_id": cancelled.id, "points": 30})
        other.action_cancel()
        self._scan("2026-06-17 05:00:00")
        self.assertEqual(self._near(cancelled), [])

    def test_programs_and_cards_that_have_ended_are_not_told(self):
        ended, gone = self._create_loyalty_program(), self._create_loyalty_program()
        cards = self._create_card(ended, 90) + self._create_card(gone, 90)
        ended.date_to = "2026-06-01"
        gone.active = False
        archived = self._create_card(self._create_loyalty_program(), 90)
        archived.active = False
        voucher = self.env["loyalty.program"].create({"name": "Gift", "program_type": "gift_card"})
        cards += archived + self._create_card(voucher, 0.9)
        self._scan()
        self.assertEqual(self._near(cards), [])

    def test_salesperson_gets_a_task(self):
        rule = self._switch_on("event_rule_reward_near")
        self._create_card(self._create_loyalty_program(), 90)
        self._scan()
        self._answer()
        activities = self.env["mail.activity"].search([("summary", "=", rule.action_ids.summary)])
        self.assertEqual((activities.user_id, len(activities)), (self.anna, 1))

    # ---- quantities

    def _quote(self, quantity, *, sent=True, **line):
        values = {"product_id": self.product.id, "product_uom_qty": quantity, **line}
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.anna.id,
                "pricelist_id": self.pricelist.id,
                "order_line": [(0, 0, values)],
            }
        )
        if sent:
            order.action_quotation_sent()
        return order

    def _steps(self, order):
        return [
            (event.payload["quantity"], event.payload["missing"], event.payload["price"])
            for event in self._events(order, "price_step_near")
        ]

    def test_lower_price_is_told_once_from_eighty_percent_of_its_quantity(self):
        far, near, there, between = (self._quote(quantity) for quantity in (7, 8, 10, 45))
        self._scan()
        self._scan("2026-06-17 05:00:00")
        self.assertEqual(
            [self._steps(order) for order in (far, near, there, between)], [[], [(10, 2, 95)], [], [(50, 5, 80)]]
        )
        event = self._events(between, "price_step_near")
        self.assertEqual((event.amount, event.payload["subject"]), (50 * 15.0, "Chair"))
        self.assertEqual((event.partner_id, event.user_id), (self.customer, self.anna))

    def test_quotations_nobody_has_or_waits_for_are_not_told(self):
        draft, ordered, lost = self._quote(8, sent=False), self._quote(8), self._quote(8)
        ordered.action_confirm()
        lost.opportunity_id = self._create_deal()
        lost.opportunity_id.action_set_lost()
        self._scan()
        self.assertEqual(self._steps(draft + ordered + lost), [])

    def test_step_that_is_no_cheaper_is_not_told(self):
        self.assertEqual(self._quote(8, discount=10).order_line.price_unit, 100)
        orders = self._quote(8, discount=10) + self._quote(45, price_unit=80.0)
        self._scan()
        self.assertEqual(self._steps(orders), [])

    def test_dozens_are_counted_in_pieces(self):
        order = self._quote(4, product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        self._scan()
        self.assertEqual(self._steps(order), [(50, 2, 80)])

    def test_steps_of_categories_other_lists_and_other_days_hold_as_in_odoo(self):
        self.pricelist.item_ids.unlink()
        other = self.env["product.pricelist"].create({"name": "Base"})
        above = self.env["product.category"].create({"name": "Furniture"})
        self.product.categ_id = self.env["product.category"].create({"name": "Chairs", "parent_id": above.id})
        formula = {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": other.id, "price_discount": 20}
        step = {"applied_on": "2_product_category", "product_tmpl_id": False, "categ_id": above.id, **formula}
        rule = self._set_step(10, 0, date_end="2026-06-15 12:00:00", **step)
        order = self._quote(9)
        self._scan()
        self.assertEqual(self._steps(order), [], "it has ended")
        rule.date_end = "2026-07-15 12:00:00"
        self._scan()
        self.assertEqual(self._steps(order), [(10, 1, 80)])

    def test_of_several_products_the_one_that_saves_most_is_told(self):
        order = self._quote(8)
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 45})
        self._scan()
        self.assertEqual(self._steps(order), [(50, 5, 80)])

    def test_salesperson_gets_a_call_that_goes_away_with_the_order(self):
        self._switch_on("event_rule_price_step_near")
        order = self._quote(8)
        self._scan()
        self._answer()
        self.assertEqual(order.activity_ids.user_id, self.anna)
        order.action_confirm()
        self._answer()
        self.assertFalse(order.activity_ids.filtered(lambda activity: "lower price" in (activity.summary or "")))

    def test_nothing_set_tells_nothing(self):
        self._scan()
        row = self.env["crm.event.progress"].search([("code", "=", "_scan_near_price_steps")])
        row.days = "100"
        order = self._quote(9)
        self._scan("2026-06-17 05:00:00")
        self.assertEqual((row.state, self._steps(order)), ("done", []))
        with self.assertRaises(AccessError):
            row.with_user(self.anna).days = "50"

    def test_queries_do_not_grow_with_quotations(self):
        scan = self.env["crm.event.scan"]
        counts = []
        for number in (2, 20):
            for _number in range(number):
                self._quote(8)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(scan._find_cheaper_steps()), number)
            counts.append(self.env.cr.sql_log_count - before)
            scan._scan_near_price_steps()
        self.assertLessEqual(counts[1], counts[0])
