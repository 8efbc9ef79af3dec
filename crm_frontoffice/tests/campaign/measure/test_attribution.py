from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ....models.campaign.measure import attribution
from ..common import CampaignCase

SOLD = fields.Datetime.to_datetime("2026-06-15 10:00:00")
COLUMNS = {way: f"amount_{way}" for way in attribution.WAYS}


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 12:00:00")
class TestAttribution(CampaignCase):
    """What was invoiced is divided among the touches before the sale, in five ways that each come to the whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.event"].search([("commercial_partner_id", "=", cls.customer.id)]).sudo().unlink()
        cls.spring, cls.autumn = cls.env["utm.campaign"].create([{"title": "Spring"}, {"title": "Autumn"}])

    def _touch(self, days, code="campaign_clicked", **values):
        event = {"partner_id": self.contact.id, "code": code, "date": SOLD - timedelta(days=days), **values}
        event["date"] = event["date"].strftime("%Y-%m-%d %H:%M:%S")
        return self.env["crm.event"]._append([{"res_model": "res.partner", "res_id": self.contact.id, **event}])

    def _sell(self, price=100.0, **values):
        """An invoice of an order that was confirmed at `SOLD`."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [(0, 0, {"product_id": self.product.id, "product_uom_qty": 1, "price_unit": price})],
                **values,
            }
        )
        order.action_confirm()
        order.date_order = SOLD
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-06-15"
        invoice.action_post()
        return invoice

    def _refresh(self):
        return self.env["crm.attribution"]._refresh([self.customer.id])

    def _get_rows(self, invoice, way):
        """What each touch of an invoice gets, oldest first."""
        lines = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        rows = self.env["crm.attribution"].search([("move_line_id", "in", lines.ids)])
        return [round(row[COLUMNS[way]], 2) for row in rows.sorted("touch_date")]

    def test_database_divides_as_the_formulas_do(self):
        for touches in ([3], [9, 3], [40, 10, 2], [80, 30, 14, 7, 0]):
            with self.subTest(touches=touches), self.env.cr.savepoint() as savepoint:
                for days in touches:
                    self._touch(days, campaign_id=self.spring.id)
                invoice = self._sell()
                self._refresh()
                for way in attribution.WAYS:
                    expected = [round(100 * share, 2) for share in attribution.divide(way, touches)]
                    self.assertEqual(self._get_rows(invoice, way), expected, way)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_calls_and_forms_are_touches_and_a_picture_that_was_loaded_is_none(self):
        for code in ("call_in", "form_answered", "campaign_opened", "meeting_held", "invoice_paid"):
            self._touch(5, code=code)
        self._sell()
        self._refresh()
        rows = self.env["crm.attribution"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(set(rows.type_id.mapped("code")), {"call_in", "form_answered", "meeting_held"})

    def test_what_came_after_the_sale_or_long_before_led_to_nothing(self):
        self._touch(-0.05)
        self._touch(attribution.LOOKBACK_DAYS + 1)
        invoice = self._sell()
        self._refresh()
        self.assertEqual(self._get_rows(invoice, "linear"), [100.0], "one row that names no touch keeps the sum whole")
        self.assertFalse(self.env["crm.attribution"].search([("partner_id", "=", self.customer.id)]).event_id)

    def test_credit_note_takes_back_what_its_invoice_gave(self):
        self._touch(4, campaign_id=self.spring.id)
        invoice = self._sell()
        reversal = invoice._reverse_moves([{"invoice_date": "2026-06-15"}])
        reversal.action_post()
        self._refresh()
        self.assertEqual(self._get_rows(reversal, "first"), [-100.0])
        self.assertEqual(self._get_revenue(self.spring), 0.0)

    def _get_revenue(self, campaign, way="linear"):
        rows = self.env["crm.attribution"].search([("campaign_id", "=", campaign.id)])
        return round(sum(rows.mapped(COLUMNS[way])), 2)

    def test_second_refresh_writes_what_has_changed_only(self):
        self._touch(9, campaign_id=self.spring.id)
        self._sell()
        self.assertEqual(self._refresh(), 1)
        self.assertEqual(self._refresh(), 0)
        self._touch(3, campaign_id=self.autumn.id)
        self.assertEqual(self._refresh(), 2)
        found = (self._get_revenue(self.spring, "first"), self._get_revenue(self.autumn, "last"))
        self.assertEqual(found, (100.0, 100.0))

    def test_invoice_that_is_taken_back_to_draft_owes_nothing(self):
        self._touch(9, campaign_id=self.spring.id)
        invoice = self._sell()
        self._refresh()
        self.assertEqual(self._get_rows(invoice, "linear"), [100.0])
        invoice.button_draft()
        with self.enter_registry_test_mode():
            self.assertIs(self.env.ref("crm_frontoffice.crm_attribution_cron").method_direct_trigger(), True)
        self.assertFalse(self._get_rows(invoice, "linear"))
        invoice.invoice_line_ids.price_unit = 70
        invoice.action_post()
        with self.enter_registry_test_mode():
            self.env.ref("crm_frontoffice.crm_attribution_cron").method_direct_trigger()
        self.assertEqual(self._get_rows(invoice, "linear"), [70.0], "the log tells only once that it was posted")

    def test_ten_customers_cost_as_many_queries_as_one(self):
        customers = self._create_customers(10)
        self.env.flush_all()

        def count(partners):
            before = self.env.cr.sql_log_count
            self.env["crm.attribution"]._refresh(partners.ids)
            return self.env.cr.sql_log_count - before

        count(customers)
        self.assertEqual(count(customers), count(customers[:1]))

    def test_campaign_shows_five_ways_and_the_return(self):
        self.env["crm.campaign.cost"].create(
            {"campaign_id": self.spring.id, "date": "2026-06-01", "channel": "ads", "name": "Ads", "amount": 40}
        )
        self._touch(9, campaign_id=self.spring.id)
        self._touch(3, campaign_id=self.autumn.id)
        self._sell()
        self._refresh()
        shown = self.spring.with_user(self.marta).attribution
        for text in ("First Touch", "Last Touch", "All Alike", "First and Last More", "The Nearer the More", "150"):
            self.assertIn(text, shown)
        with self.assertRaises(AccessError):
            self.env["crm.attribution"].with_user(self.anna).search([])
        with self.assertRaises(AccessError):
            self.spring.with_user(self.anna).read(["attribution"])
