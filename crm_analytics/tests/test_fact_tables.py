from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from .case import AnalyticsCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 09:00:00")
class TestFactTables(AnalyticsCase):
    """Orders, deliveries, stock, payments, activities, events and mailings become facts and follow what happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bolt = cls.env["product.product"].create(
            {
                "name": "Bolt",
                "categ_id": cls.parts.id,
                "is_storable": True,
                "standard_price": 6,
                "list_price": 10,
                "taxes_id": False,
            }
        )
        cls.stock = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(cls.bolt, cls.stock, 100)

    def _order(self, quantity=5, *, confirm=True, **values):
        line = {"product_id": self.bolt.id, "product_uom_qty": quantity, "price_unit": 10, "tax_ids": False}
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "team_id": self.industry.id,
                "user_id": self.anna.id,
                "order_line": [Command.create(line)],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def _deliver(self, order):
        picking = order.picking_ids
        picking.move_ids.quantity = picking.move_ids.product_uom_qty
        picking.button_validate()
        return picking

    def _rows(self, model, domain=()):
        self._refresh()
        return self.env[model].search(list(domain))

    def test_quotation_becomes_an_order_and_is_cancelled(self):
        order = self._order(confirm=False)
        row = self._rows("crm.fact.order", [("order_id", "=", order.id)])
        self.assertRecordValues(
            row, [{"state": "draft", "quantity": 5, "amount": 50, "team_id": self.industry.id, "user_id": self.anna.id}]
        )
        order.action_confirm()
        order.order_line.product_uom_qty = 8
        order.team_id = self.retail
        self._refresh()
        self.assertRecordValues(row, [{"state": "sale", "quantity": 8, "amount": 80, "team_id": self.retail.id}])
        order._action_cancel()
        self._refresh()
        self.assertEqual(row.state, "cancel")
        self.assertFactsEqualSource()

    def test_orders_equal_those_of_the_sales_analysis(self):
        self._order()
        self._order(3, team_id=self.retail.id)
        self._refresh()
        teams = [("team_id", "in", (self.industry | self.retail).ids)]
        ours = self.env["crm.fact.order"]._read_group(teams, ["team_id"], ["amount:sum", "quantity:sum"])
        theirs = self.env["sale.report"]._read_group(teams, ["team_id"], ["price_subtotal:sum", "product_uom_qty:sum"])
        self.assertEqual(ours, theirs)

    def test_late_delivery_is_counted_late(self):
        order = self._order(commitment_date="2026-04-15 09:00:00")
        planned = self._rows("crm.fact.delivery", [("order_id", "=", order.id)])
        self.assertRecordValues(planned, [{"status": "planned", "quantity": 5, "amount": 50, "user_id": self.anna.id}])
        self._deliver(order)
        self._refresh()
        self.assertRecordValues(planned, [{"status": "done", "late_count": 1, "team_id": self.industry.id}])
        self.assertAlmostEqual(planned.days_late, 5, 1)
        self.assertFactsEqualSource()

    def test_stock_adds_up_to_what_lies_there(self):
        self.env["stock.quant"].create(
            {"product_id": self.bolt.id, "location_id": self.stock.id, "inventory_quantity": 120}
        ).action_apply_inventory()
        self._deliver(self._order())
        rows = self._rows("crm.fact.stock", [("product_id", "=", self.bolt.id)])
        # The first hundred came without a movement.
        self.assertEqual(sum(rows.mapped("quantity")) + 100, self.bolt.qty_available)
        self.assertEqual(sorted(rows.mapped("kind")), ["customer", "inventory"])
        self.assertFactsEqualSource()

    def test_margin_takes_what_the_goods_cost_when_they_left(self):
        order = self._order()
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        self.bolt.standard_price = 9
        row = self._rows("crm.fact.invoice", [("move_id", "=", invoice.id)])
        self.assertRecordValues(row, [{"amount": 50, "cost": 30, "margin": 20}])
        self.assertFactsEqualSource()

    def test_margin_of_what_was_never_delivered_takes_the_cost_of_that_day(self):
        with freeze_time("2026-01-05"):
            self.press.standard_price = 20
        with freeze_time("2026-03-20"):
            self.press.standard_price = 45
        early, late = self._invoice(100, "2026-03-10"), self._invoice(100, "2026-03-25")
        self._refresh()
        costs = {row.move_id: row.cost for row in self.facts.search([("move_id", "in", (early | late).ids)])}
        self.assertEqual(costs, {early: 40, late: 90})

    def test_payment_is_measured_from_the_due_date(self):
        invoice = self._invoice(100, "2026-03-01", invoice_date_due="2026-03-31")
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"payment_date": "2026-04-10", "amount": 60})._create_payments()
        row = self._rows("crm.fact.payment", [("move_id", "=", invoice.id)])
        self.assertRecordValues(row, [{"amount": 60, "days_late": 10, "late_count": 1, "user_id": self.anna.id}])
        invoice.line_ids.remove_move_reconcile()
        self.assertFalse(self._rows("crm.fact.payment", [("move_id", "=", invoice.id)]))
        self.assertFactsEqualSource()

    def test_activity_is_followed_until_it_is_done(self):
        lead = self._deal(100, self.anna)
        activity = lead.activity_schedule(
            "mail.mail_activity_data_call", fields.Date.to_date("2026-04-18"), user_id=self.ben.id
        )
        row = self._rows("crm.fact.activity", [("lead_id", "=", lead.id)])
        self.assertRecordValues(row, [{"status": "open", "user_id": self.ben.id, "team_id": self.industry.id}])
        activity.action_feedback("Spoke with Aurora")
        self._refresh()
        self.assertRecordValues(row, [{"status": "done", "days_late": 2, "late_count": 1, "done_count": 1}])
        self.assertEqual(row.action_open_source()["res_id"], lead.id)
        self.assertFactsEqualSource()

    def test_event_opens_its_document(self):
        lead = self._deal(100, self.anna)
        rows = self._rows("crm.fact.event", [("commercial_partner_id", "=", self.customer.id), ("kind", "=", "deal")])
        self.assertEqual(rows[0].action_open_source()["res_id"], lead.id)
        cell = self.env["crm.fact.event.day"].search([("type_id", "=", rows[0].type_id.id)], limit=1)
        self.assertEqual(len(self.env["crm.fact.event"].search(cell.action_open_facts()["domain"])), cell.row_count)
        self.assertFactsEqualSource()

    def test_mailing_is_followed_to_the_answer(self):
        mailing = self.env["mailing.mailing"].create({"subject": "Spring offers", "mailing_type": "mail"})
        trace = self.env["mailing.trace"].create(
            {
                "mass_mailing_id": mailing.id,
                "model": "res.partner",
                "res_id": self.customer.id,
                "trace_status": "sent",
                "sent_datetime": "2026-04-19 08:00:00",
            }
        )
        row = self._rows("crm.fact.touch", [("mailing_id", "=", mailing.id)])
        self.assertRecordValues(row, [{"sent_count": 1, "opened_count": 0, "commercial_partner_id": self.customer.id}])
        trace.set_replied()
        trace.set_clicked()
        self._refresh()
        self.assertRecordValues(row, [{"opened_count": 1, "clicked_count": 1, "answered_count": 1}])
        self.assertFactsEqualSource()

    def test_another_company_reports_in_the_common_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        abroad = self.env["res.company"].create({"name": "Aurora Abroad", "currency_id": euro.id})
        self.anna.company_ids |= abroad
        rates = [("2026-01-01", 0.8), ("2026-03-01", 0.5)]
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.env["res.currency.rate"].create(
            [{"currency_id": euro.id, "company_id": False, "name": day, "rate": rate} for day, rate in rates]
        )
        self.env.company.currency_id.rate_ids.unlink()
        leads = self._deal(80, self.anna, company_id=abroad.id, team_id=False) | self._deal(80, self.anna)
        with freeze_time("2026-02-10 09:00:00"):
            leads |= self._deal(80, self.anna, company_id=abroad.id, team_id=False)
            self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2026-02-10' WHERE id = %s", [leads[2].id])
        self._refresh()
        rows = {row.lead_id: row for row in self.env["crm.fact.deal"].search([("lead_id", "in", leads.ids)])}
        self.assertEqual([rows[lead].expected_revenue for lead in leads], [80, 80, 80])
        self.assertEqual([rows[lead].expected_reporting for lead in leads], [160, 80, 100])

    def test_everything_at_once_and_late(self):
        """Random changes of all kinds, raw SQL among them: after the refresh every fact is what the documents say."""
        orders = [self._order(number + 1, team_id=self.retail.id) for number in range(4)]
        self._deliver(orders[0])
        orders[1].order_line.price_unit = 7
        orders[2].with_context(disable_cancel_warning=True).action_cancel()
        leads = self._deal(10, self.anna) | self._deal(20, self.ben) | self._deal(30)
        leads[0].action_set_won()
        leads[1].action_set_lost()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET user_id = %s WHERE id = %s", [self.ben.id, orders[3].id])
        self.env.cr.execute(
            "UPDATE product_template SET categ_id = %s WHERE id = %s", [self.machines.id, self.bolt.product_tmpl_id.id]
        )
        self._refresh()
        self.assertFactsEqualSource()
        leads.unlink()
        orders[2].unlink()
        self._refresh()
        self.assertFactsEqualSource()
