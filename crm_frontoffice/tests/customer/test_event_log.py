from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestEventLog(FrontofficeCase):
    """What happens with a customer is told once, by the transaction in which it happens."""

    def test_life_of_a_deal_from_quotation_to_payment_is_told(self):
        deal = self._create_deal()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": deal.id,
                "user_id": self.anna.id,
                "order_line": [(0, 0, {"product_id": self.product.id, "product_uom_qty": 2})],
            }
        )
        order.action_quotation_sent()
        order.action_confirm()
        self.env["stock.quant"]._update_available_quantity(self.product, order.warehouse_id.lot_stock_id, 10)
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        deal.action_set_won()
        self.assertEqual(
            self._codes(self.customer),
            [
                "deal_created",
                "quotation_sent",
                "order_confirmed",
                "delivery_done",
                "invoice_posted",
                "payment_received",
                "invoice_paid",
                "deal_won",
            ],
        )
        event = self.env["crm.event"].search([("res_model", "=", "account.move"), ("res_id", "=", invoice.id)], limit=1)
        self.assertEqual((event.amount, event.user_id, event.company_id), (200.0, self.anna, self.company))

    def test_deal_without_customer_hands_its_history_over_when_the_customer_is_known(self):
        deal = self._create_deal(partner_id=False)
        self.assertFalse(self._codes(self.customer))
        deal.partner_id = self.contact
        self.assertEqual(self._codes(self.customer), ["deal_created"])

    def test_stage_move_names_both_stages(self):
        new, qualified = self.env["crm.stage"].search([("team_ids", "=", False)], limit=2)
        deal = self._create_deal(stage_id=new.id)
        deal.stage_id = qualified
        event = self.env["crm.event"].search([("type_id.code", "=", "deal_moved"), ("res_id", "=", deal.id)])
        self.assertEqual(event.payload, {"from": new.name, "to": qualified.name})

    def test_team_change_that_moves_the_stage_is_told_too(self):
        other_team = self.env["crm.team"].create({"name": "Other"})
        own_stage = self.env["crm.stage"].create({"name": "Own", "sequence": 0, "team_ids": [(6, 0, self.team.ids)]})
        deal = self._create_deal(stage_id=own_stage.id)
        deal.team_id = other_team
        self.assertNotEqual(deal.stage_id, own_stage)
        self.assertIn("deal_moved", self._codes(record=deal))

    def test_lost_deal_is_told_once(self):
        deal = self._create_deal()
        deal.action_set_lost()
        self.assertEqual(self._codes(record=deal), ["deal_created", "deal_lost"])

    def test_customer_mail_and_answer_are_told_but_notes_are_not(self):
        deal = self._create_deal()
        deal.message_post(
            body="Do you have red ones?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.contact.id,
        )
        deal.message_post(
            body="Yes",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.contact.ids,
            author_id=self.anna.partner_id.id,
        )
        deal.message_post(body="Internal remark", author_id=self.anna.partner_id.id)
        self.assertEqual(self._codes(record=deal), ["deal_created", "message_in", "message_out"])

    def test_log_holds_no_texts_of_messages(self):
        self._create_deal().message_post(
            body="A secret", message_type="email", subtype_xmlid="mail.mt_comment", author_id=self.contact.id
        )
        payloads = str(self.env["crm.event"].search([]).mapped("payload"))
        self.assertNotIn("A secret", payloads)

    def test_overdue_invoice_is_found_once_and_only_after_its_day(self):
        invoice = self._create_invoice(invoice_date_due="2026-06-20")
        scan = self.env["crm.event.scan"]
        scan._cron_scan()
        self.assertNotIn("invoice_overdue", self._codes(record=invoice))
        with freeze_time("2026-06-21 06:00:00"):
            scan._cron_scan()
            scan._cron_scan()
        self.assertEqual(self._codes(record=invoice).count("invoice_overdue"), 1)

    def test_partly_paid_invoice_becomes_overdue_with_what_is_left(self):
        invoice = self._create_invoice(invoice_date_due="2026-06-20")
        self._pay(invoice, amount=150.0)
        with freeze_time("2026-06-21 06:00:00"):
            self.env["crm.event.scan"]._cron_scan()
        event = self.env["crm.event"].search([("type_id.code", "=", "invoice_overdue")])
        self.assertEqual((event.res_id, event.amount), (invoice.id, 50.0))

    def test_held_meeting_is_told_at_its_end(self):
        deal = self._create_deal()
        start = fields.Datetime.now() + timedelta(days=1)
        self.env["calendar.event"].create(
            {"name": "Visit", "start": start, "stop": start + timedelta(hours=1), "opportunity_id": deal.id}
        )
        self.env["crm.event.scan"]._cron_scan()
        self.assertEqual(self._codes(self.customer), ["deal_created", "meeting_planned"])
        with freeze_time("2026-06-17 06:00:00"):
            self.env["crm.event.scan"]._cron_scan()
        self.assertEqual(self._codes(self.customer), ["deal_created", "meeting_planned", "meeting_held"])

    def test_done_call_is_told(self):
        deal = self._create_deal()
        deal.activity_schedule("mail.mail_activity_data_call", user_id=self.anna.id).action_feedback(feedback="Agreed")
        self.assertIn("call_out", self._codes(record=deal))

    def test_backfill_repeats_nothing(self):
        self._create_deal()
        self._create_invoice()
        self.env["crm.event"].search([]).sudo().unlink()
        first = self.env["crm.event.backfill"]._run()
        self.assertGreaterEqual(first, 2)
        self.assertEqual(self.env["crm.event.backfill"]._run(), 0)
        self.assertIn("invoice_posted", self._codes(self.customer))

    def test_nobody_writes_the_log_by_hand(self):
        self._create_deal()
        event = self.env["crm.event"].search([], limit=1)
        for user in (self.anna, self.maria, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                event.with_user(user).write({"amount": 1})
            with self.assertRaises(AccessError):
                event.with_user(user).unlink()

    def test_a_thousand_events_cost_one_statement(self):
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(1000)])
        self.env.flush_all()
        partners.mapped("commercial_partner_id")
        self.customer._log_event("visit")  # fills the caches of rules and webhooks
        with self.assertQueryCount(3):  # reads of the thousand partners, and one insert
            partners._log_event("visit")

    def test_merge_of_partners_keeps_every_event(self):
        twin = self.env["res.partner"].create({"name": "Acme Works", "email": "info@acme.example"})
        self._create_deal(partner_id=twin.id)
        twin.message_post(body="Hello", message_type="email", subtype_xmlid="mail.mt_comment", author_id=twin.id)
        self._create_deal()
        self.env["base.partner.merge.automatic.wizard"].with_user(self.maria).sudo()._merge(
            [twin.id, self.customer.id], self.customer
        )
        self.assertCountEqual(self._codes(self.customer), ["deal_created", "message_in", "deal_created"])
        self.assertEqual(
            set(self.env["crm.event"].search([("res_model", "=", "res.partner")]).mapped("res_id")), {self.customer.id}
        )

    def test_invoice_that_is_corrected_and_posted_again_is_told_once(self):
        invoice = self._create_invoice()
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self._codes(record=invoice), ["invoice_posted"])

    def test_call_about_a_deal_does_not_carry_its_amount(self):
        deal = self._create_deal(expected_revenue=500)
        deal.activity_schedule("mail.mail_activity_data_call", user_id=self.anna.id).action_feedback(feedback="Agreed")
        self.assertFalse(self.env["crm.event"].search([("type_id.code", "=", "call_out")]).amount)

    def test_merge_of_deals_keeps_every_event(self):
        deals = self._create_deal() + self._create_deal(name="Twin", partner_id=self.contact.id)
        head = deals.merge_opportunity()
        self.assertEqual(self._codes(record=head).count("deal_created"), 2)

    def test_history_goes_to_a_customer_that_was_made_this_moment(self):
        deal = self._create_deal(partner_id=False)
        deal.partner_id = self.env["res.partner"].create({"name": "Brand New"})
        self.assertEqual(self._codes(deal.partner_id), ["deal_created"])

    def test_what_was_overdue_before_the_installation_is_past(self):
        """A rule that is switched on later must not answer for years of old invoices."""
        invoice = self._create_invoice(invoice_date="2020-01-01", invoice_date_due="2020-01-05")
        self.env["crm.event"].search([]).sudo().unlink()
        self.env["crm.event.backfill"]._run()
        overdue = self.env["crm.event"].search([("type_id.code", "=", "invoice_overdue")])
        self.assertEqual((overdue.res_id, str(overdue.date)), (invoice.id, "2020-02-04 00:00:00"))
        rule = self.env.ref("crm_frontoffice.event_rule_invoice_overdue")
        rule.active = True
        self.env["crm.event.scan"]._cron_scan()
        self.assertFalse(rule.firing_ids)
