from odoo.tests import freeze_time, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestScansThatTurn(FrontofficeCase):
    """Shortages and credit limits come and go: each turn is told once, and a rule answers it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.event.scan"]._cron_scan()  # the first run of a search is past, which no rule answers
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)

    def _scan(self, day="2026-06-16"):
        with freeze_time(f"{day} 05:00:00"):
            self.env["crm.event.scan"]._cron_scan()
        failed = self.env["crm.event.progress"].search([("state", "=", "failed")])
        self.assertFalse(failed, failed.mapped("error"))

    def _switch_on(self, name):
        rule = self.env.ref(f"crm_frontoffice.{name}")
        rule.active = True
        return rule

    def _answer(self):
        self.env["crm.event.firing"]._process_pending()

    def _told(self, record):
        codes = ("stock_short", "stock_available", "credit_limit_near", "credit_limit_eased")
        return [code for code in self._codes(record=record) if code in codes]

    # ---- goods

    def _quote(self, quantity, **values):
        line = {"product_id": self.product.id, "product_uom_qty": quantity}
        return self.env["sale.order"].create(
            {"partner_id": self.customer.id, "user_id": self.anna.id, "order_line": [(0, 0, line)], **values}
        )

    def _put_in_stock(self, quantity):
        if quantity:
            self.env["stock.quant"]._update_available_quantity(self.product, self.warehouse.lot_stock_id, quantity)

    def test_waiting_quotation_is_told_once_when_its_goods_are_there_again(self):
        rule = self._switch_on("event_rule_stock_available")
        self._put_in_stock(3)
        waiting, served = self._quote(5), self._quote(2)
        self._scan()
        self._scan("2026-06-17")
        self.assertEqual((self._told(waiting), self._told(served)), (["stock_short"], []))
        self._put_in_stock(2)
        self._scan("2026-06-18")
        self._scan("2026-06-19")
        self._answer()
        self.assertEqual(self._told(waiting), ["stock_short", "stock_available"])
        self.assertEqual(len(rule.firing_ids.filtered(lambda firing: not firing.is_end)), 1)
        self.assertEqual(waiting.activity_ids.user_id, self.anna)

    def test_next_shortage_of_the_same_quotation_is_told_again_and_takes_the_call_back(self):
        self._switch_on("event_rule_stock_available")
        quotation = self._quote(5)
        for day, quantity in (("2026-06-16", 0), ("2026-06-17", 5), ("2026-06-18", -5), ("2026-06-19", 7)):
            self._put_in_stock(quantity)
            self._scan(day)
            self._answer()
            self.assertEqual(len(quotation.activity_ids), 1 if quantity > 0 else 0, day)
        self.assertEqual(self._told(quotation), ["stock_short", "stock_available"] * 2)

    def test_dozens_are_compared_with_pieces(self):
        self._put_in_stock(20)
        dozen = self.env.ref("uom.product_uom_dozen")
        enough, too_many = self._quote(1), self._quote(2)
        (enough + too_many).order_line.product_uom_id = dozen
        self._scan()
        self.assertEqual((self._told(enough), self._told(too_many)), ([], ["stock_short"]))

    def test_what_nobody_waits_for_is_not_told(self):
        lost = self._create_deal()
        quotations = self._quote(5, opportunity_id=lost.id) + self._quote(5) + self._quote(5)
        lost.action_set_lost()
        quotations[1].action_cancel()
        quotations[2].order_line.product_id = self.env["product.product"].create({"name": "Advice", "type": "service"})
        self._scan()
        self.assertEqual(self._told(quotations), [])

    def test_goods_reserved_for_others_are_not_free(self):
        self._put_in_stock(5)
        order = self._quote(4)
        order.action_confirm()
        order.picking_ids.action_assign()
        quotation = self._quote(2)
        self._scan()
        self.assertEqual(self._told(quotation), ["stock_short"])

    # ---- credit

    def _limit(self, amount):
        self.env.company.account_use_credit_limit = True
        self.customer.credit_limit = amount

    def test_customer_near_the_limit_is_told_once_and_once_when_there_is_room_again(self):
        self._limit(1000)
        rule = self._switch_on("event_rule_credit_limit_near")
        invoice = self._create_invoice(
            invoice_line_ids=[(0, 0, {"product_id": self.product.id, "quantity": 6, "price_unit": 100.0})]
        )
        self._scan()
        self.assertEqual(self._told(self.customer), [], "600 of 1000")
        order = self._quote(3)
        order.action_confirm()
        self._scan("2026-06-17")
        self._scan("2026-06-18")
        self._answer()
        self.assertEqual(self._told(self.customer), ["credit_limit_near"], "an order counts before its invoice")
        event = rule.firing_ids.event_id
        self.assertEqual((event.amount, event.payload), (900.0, {"percent": 90}))
        self.assertEqual(self.customer.activity_ids.mapped("summary"), rule.action_ids.mapped("summary"))
        self._pay(invoice)
        self._scan("2026-06-19")
        self._answer()
        self.assertEqual(self._told(self.customer), ["credit_limit_near", "credit_limit_eased"])
        self.assertFalse(self.customer.activity_ids, "its cause has ended")

    def test_manager_sets_another_percentage(self):
        row = self.env["crm.event.progress"].search([("code", "=", "_scan_credit_limits")])
        row.with_user(self.maria).days = "50"
        self._limit(300)
        self._create_invoice()
        self._scan()
        self.assertEqual(self._told(self.customer), ["credit_limit_near"])

    def test_invoiced_orders_count_once(self):
        self._limit(500)
        order = self._quote(4)
        order.order_line.product_id.invoice_policy = "order"
        order.action_confirm()
        order._create_invoices().action_post()
        self._scan()
        self.assertEqual(self._told(self.customer), [], "400, not 800")

    def test_companies_without_limits_are_left_alone(self):
        self._limit(10)
        self.env.company.account_use_credit_limit = False
        self._create_invoice()
        self._scan()
        self.assertEqual(self._told(self.customer), [])

    def test_the_usual_limit_holds_for_who_has_none_of_his_own(self):
        self.env.company.account_use_credit_limit = True
        self.env["ir.default"].set("res.partner", "credit_limit", 200.0, company_id=self.env.company.id)
        self._create_invoice()
        self._scan()
        self.assertEqual(self._told(self.customer), ["credit_limit_near"])

    def test_searches_cost_the_same_however_many(self):
        self._limit(10)
        scan = self.env["crm.event.scan"]
        for _time in range(2):
            self._quote(5)
            self.env.flush_all()
        scan._scan_waiting_quotations()
        scan._scan_credit_limits()
        for many in (1, 20):
            for _time in range(many):
                self._quote(5)
            self.env.flush_all()
            with self.subTest(many=many), self.assertQueryCount(5):
                scan._scan_waiting_quotations()
                scan._scan_credit_limits()
