from odoo import fields
from odoo.exceptions import AccessError

from ...common import FrontofficeCase


class TestDealCredit(FrontofficeCase):
    """A deal tells how its customer pays, without amounts."""

    def test_overdue_customer_stops_the_deal(self):
        deal = self._create_deal().with_user(self.anna)
        self.assertEqual(deal.credit_state, "ok")
        today = fields.Date.today()
        self._create_invoice(
            invoice_date=fields.Date.subtract(today, days=40), invoice_date_due=fields.Date.subtract(today, days=35)
        )
        self.env.invalidate_all()
        self.assertEqual(deal.credit_state, "stop")
        with self.assertRaises(AccessError):
            deal.partner_id.credit  # noqa: B018 - the amount stays with those who keep the books

    def test_hold_counts_more_than_payment(self):
        deal = self._create_deal().with_user(self.anna)
        hold = self.env["crm.hold"].create({"partner_id": self.customer.id, "level": "warn", "reason": "New owner"})
        self.env.invalidate_all()
        self.assertEqual((deal.credit_state, deal.hold_reason), ("watch", "New owner"))
        hold.level = "stop"
        self.env.invalidate_all()
        self.assertEqual(deal.credit_state, "stop")

    def test_deal_without_a_customer_has_no_light(self):
        self.assertFalse(self._create_deal(partner_id=False).credit_state)

    def test_queries_do_not_grow_with_the_deals(self):
        deals = self.env["crm.lead"].create(
            [
                {"name": str(n), "partner_id": self.env["res.partner"].create({"name": f"Customer {n}"}).id}
                for n in range(20)
            ]
        )

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("credit_state")
            return self.env.cr.sql_log_count - before

        count(deals[:1])
        self.assertLessEqual(count(deals), count(deals[:2]))
