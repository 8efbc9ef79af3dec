from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from ...common import FrontofficeCase


class TestHold(FrontofficeCase):
    """A customer on hold gets nothing without money, and everybody knows why."""

    def _hold(self, user=None, **values):
        defaults = {"partner_id": self.customer.id, "reason": "Two invoices unpaid"}
        return self.env["crm.hold"].with_user(user or self.maria).create({**defaults, **values})

    def _order(self, **values):
        lines = [Command.create({"product_id": self.product.id, "product_uom_qty": 2})]
        order = {"partner_id": self.contact.id, "user_id": self.anna.id, "order_line": lines, **values}
        return self.env["sale.order"].with_user(self.anna).create(order)

    def test_order_of_any_contact_is_stopped_with_the_reason(self):
        self._hold()
        order = self._order()
        with self.assertRaises(UserError) as refusal:
            order.action_confirm()
        self.assertIn("Two invoices unpaid", str(refusal.exception))
        self.assertIn(order.name, str(refusal.exception))
        self.assertEqual(order.state, "draft")

    def test_all_culprits_are_named_at_once(self):
        self._hold()
        orders = self._order() | self._order()
        with self.assertRaises(UserError) as refusal:
            orders.action_confirm()
        for order in orders:
            self.assertIn(order.name, str(refusal.exception))

    def test_warning_stops_nobody(self):
        self._hold(level="warn")
        order = self._order()
        self.assertEqual((order.hold_state, order.hold_reason), ("warn", "Two invoices unpaid"))
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_released_or_past_hold_stops_nobody(self):
        self._hold().action_release()
        self._hold(until=fields.Date.subtract(fields.Date.today(), days=1))
        self._order().action_confirm()
        self.assertEqual(self._codes(self.customer)[:2], ["hold_put", "hold_released"])

    def test_paid_order_goes_through(self):
        self._hold()
        order = self._order(require_payment=True)
        self._pay_online(order)
        self.assertEqual(order.state, "sale")

    def test_customer_who_signs_is_not_turned_away(self):
        self._hold()
        order = self._order()
        order.sudo()._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertIn("Two invoices unpaid", order.activity_ids.summary)
        self.assertEqual(order.activity_ids.user_id, self.anna)

    def test_hold_of_another_company_stops_nobody_here(self):
        abroad = self.env["res.company"].create({"name": "Abroad"})
        self.maria.company_ids |= abroad
        self._hold(self.env.user, company_id=abroad.id)
        self._order().action_confirm()

    def test_salesperson_reads_holds_but_neither_puts_nor_releases_them(self):
        hold = self._hold()
        self.assertEqual(hold.with_user(self.anna).reason, "Two invoices unpaid")
        with self.assertRaises(AccessError):
            self._hold(self.anna)
        with self.assertRaises(AccessError):
            hold.with_user(self.anna).action_release()
        with self.assertRaises(AccessError):
            hold.with_user(self.anna).write({"until": "2020-01-01"})
        with self.assertRaises(UserError):
            hold.sudo().unlink()

    def test_overview_shows_the_hold_first(self):
        self._hold()
        light = self.customer.with_user(self.anna).get_customer_overview()["lights"][0]
        self.assertEqual((light["state"], light["text"]), ("stop", "On hold: Two invoices unpaid"))

    def test_confirming_many_orders_asks_once(self):
        orders = self.env["sale.order"].concat(*[self._order() for _number in range(12)])
        orders._filter_stopped()
        self.env.invalidate_all()

        def count(some):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some._filter_stopped()
            return self.env.cr.sql_log_count - start

        self.assertLessEqual(count(orders), count(orders[:2]) + 1)

    def _pay_online(self, order):
        provider = self.env["payment.provider"].create({"name": "Test", "state": "test", "code": "none"})
        method = self.env.ref("payment.payment_method_unknown")
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "held",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.link(order.id)],
            }
        )
        transaction.state = "done"
        transaction._check_amount_and_confirm_order()
