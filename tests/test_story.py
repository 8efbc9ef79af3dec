"""The main path of the CRM, walked once from the first contact to the forecast."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged

from odoo.addons.mail.tests.common import MailCommon
from odoo.addons.queue_job.tests.common import trap_jobs

ROOT = Path(__file__).resolve().parents[1]
MONDAY = "2026-06-15 09:00:00"
MAIL = """From: {sender}
To: {to}
Subject: One of the chairs wobbles
Message-Id: <story.1@customer.example>
Date: Mon, 22 Jun 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

What can be done?
"""


@tagged("post_install", "-at_install")
class TestStory(HttpCase, MailCommon):
    """An external system brings the customers; everybody works on one history; the numbers follow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.user_admin").password = "admin"
        cls.anna = new_test_user(cls.env, "anna_story", "sales_team.group_sale_salesman", name="Anna")
        cls.maria = new_test_user(
            cls.env,
            "maria_story",
            "sales_team.group_sale_manager,account.group_account_invoice,stock.group_stock_user",
            name="Maria",
        )
        cls.sven = new_test_user(cls.env, "sven_story", "crm_service_desk.group_service_desk_agent", name="Sven")
        cls.desk = cls.env.ref("crm_service_desk.team_customer_service")
        cls.desk.write({"alias_domain_id": cls.mail_alias_domain.id, "member_ids": [(4, cls.sven.id)]})
        cls.rule = cls.env.ref("crm_frontoffice.event_rule_invoice_overdue")
        cls.rule.active = True

    def test_from_first_contact_to_forecast(self):
        with freeze_time(MONDAY):
            self._load_samples()
            deal = self._move_deal_through_gate()
            invoice = self._sell(deal)
            self._assert_history(
                deal.partner_id,
                ["invoice_posted", "delivery_done", "order_confirmed", "quotation_sent", "deal_moved", "deal_created"],
            )
        with freeze_time("2026-07-20 09:00:00"):  # a Monday; the invoice was due a week ago
            self._become_overdue(invoice)
            self._write_to_service_desk(deal.partner_id)
        with freeze_time("2026-08-03 09:00:00"):
            self._read_the_numbers(invoice)

    # ---- an external system loads its files, from another process

    def _load_samples(self):
        self.env.ref("base.user_admin").write({"tz": "UTC"})
        first, code = self._run_loader()
        self.assertEqual(code, 2, "some rows are dirty on purpose")
        self.assertGreater(first["customers.csv"]["states"]["created"], 150)
        self.assertGreater(first["deals.csv"]["states"]["created"], 250)
        refused = [row for file in first.values() for row in file["refused"]]
        self.assertTrue(all(error["reason"] for row in refused for error in row["errors"]))
        leads, partners = self.env["crm.lead"].search_count([]), self.env["res.partner"].search_count([])
        second, _code = self._run_loader()
        for name, file in second.items():
            self.assertEqual(set(file["states"]) - {"error"}, {"unchanged"}, f"{name} came in twice")
        self.assertEqual(
            (leads, partners), (self.env["crm.lead"].search_count([]), self.env["res.partner"].search_count([]))
        )

    def _run_loader(self):
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            done = subprocess.run(
                [
                    sys.executable, "data/load.py", "--url", self.base_url(), "--database", self.env.cr.dbname,
                    "--login", "admin", "--password", "admin", "--json", "data/samples",
                ],
                cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
            )  # fmt: skip
        self.env.invalidate_all()
        self.assertIn(done.returncode, (0, 2), done.stderr)
        return json.loads(done.stdout), done.returncode

    # ---- the salesperson works the pipeline

    def _move_deal_through_gate(self):
        proposition = self.env.ref("crm.stage_lead3")
        revenue = self.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        self.env["crm.stage.gate"].with_user(self.maria).create({"stage_id": proposition.id, "field_id": revenue.id})
        deal = self.env["crm.lead"].search(
            [("stage_id", "=", self.env.ref("crm.stage_lead1").id), ("partner_id.email", "!=", False)], limit=1
        )
        deal.write({"user_id": self.anna.id, "expected_revenue": 0})
        deal.partner_id.user_id = self.anna
        deal = deal.with_user(self.anna)
        with self.assertRaisesRegex(ValidationError, "Expected Revenue"), self.env.cr.savepoint():
            deal.stage_id = proposition
        deal.invalidate_recordset()
        deal.write({"expected_revenue": 980, "stage_id": proposition.id})
        self.assertEqual(deal.stage_id, proposition)
        return deal

    # ---- quotation, delivery from stock, invoice

    def _sell(self, deal):
        chair = self.env["product.product"].search([("default_code", "=", "NW001")], limit=1)
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        self.env["stock.quant"]._update_available_quantity(chair, warehouse.lot_stock_id, 10)
        context = deal.action_new_quotation()["context"]
        form = Form(self.env["sale.order"].with_user(self.anna).with_context(context))
        with form.order_line.new() as line:
            line.product_id = chair.with_user(self.anna)
            line.product_uom_qty = 5
        order = form.save()
        self.assertEqual((order.opportunity_id, order.partner_id), (deal, deal.partner_id))
        order.action_quotation_sent()
        order.action_confirm()
        order.picking_ids.with_user(self.maria).button_validate()
        self.assertEqual(order.picking_ids.state, "done")
        invoice = order.with_user(self.maria)._create_invoices()
        invoice.invoice_date_due = "2026-07-13"
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = "2026-07-13"
        invoice.action_post()
        return invoice

    def _assert_history(self, partner, expected):
        """What Anna reads on the customer's timeline, newest first: what was expected, before older things."""
        events = partner.with_user(self.anna).get_customer_timeline(limit=100)["events"]
        told = [event["code"] for event in events]
        self.assertEqual([code for code in told if code in expected][: len(expected)], expected)

    # ---- time makes the invoice overdue, and the CRM acts

    def _become_overdue(self, invoice):
        with trap_jobs() as jobs:
            self.env["crm.event.scan"]._cron_scan()
            self.env["crm.event.scan"]._cron_scan()
            jobs.perform_enqueued_jobs()
        overdue = [("type_id.code", "=", "invoice_overdue"), ("res_id", "=", invoice.id)]
        self.assertEqual(self.env["crm.event"].search_count(overdue), 1)
        activity = invoice.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.anna))
        ticket = self.env["service.ticket"].search([("res_model", "=", "account.move"), ("res_id", "=", invoice.id)])
        self.assertEqual((len(ticket), ticket.partner_id, ticket.channel), (1, invoice.partner_id, "rule"))
        first_answer = self.env["service.sla.status"].search(
            [("ticket_id", "=", ticket.id), ("metric", "=", "first_answer")]
        )
        # High priority: two working hours from Monday nine o'clock.
        self.assertEqual(first_answer.date_deadline, datetime.fromisoformat("2026-07-20 11:00:00"))

    # ---- the customer writes, an agent answers, the customer reads it in the portal, and nobody else does

    def _write_to_service_desk(self, partner):
        message = MAIL.format(sender=partner.email_formatted, to=self.desk.alias_email)
        known = self.env["service.ticket"].search([])
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, message)
        ticket = self.env["service.ticket"].search([]) - known
        self.assertEqual((ticket.partner_id, ticket.channel, ticket.user_id.id), (partner, "email", False))
        with self.mock_mail_gateway():
            ticket.with_user(self.sven).message_post(
                body="We send you a new one.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertSentEmail(self.sven.partner_id, [partner])
        self.assertEqual(ticket.category, "open")
        customer = new_test_user(self.env, "customer_story", "base.group_portal", partner_id=partner.id)
        stranger = new_test_user(self.env, "stranger_story", "base.group_portal")
        self.assertIn("We send you a new one", self._read_ticket_page(customer, ticket))
        self.assertNotIn("We send you a new one", self._read_ticket_page(stranger, ticket))
        self._assert_history(partner, ["ticket_answered", "ticket_opened", "ticket_opened", "invoice_overdue"])

    def _read_ticket_page(self, user, ticket):
        self.authenticate(user.login, user.login)
        page = self.url_open(f"/my/tickets/{ticket.id}")
        token = ticket._portal_ensure_token() if user.partner_id == ticket.partner_id else "guessed"
        thread = (
            self.make_jsonrpc_request(
                "/mail/thread/messages",
                {
                    "thread_model": "service.ticket",
                    "thread_id": ticket.id,
                    "token": token,
                    "fetch_params": {"limit": 30},
                },
            )
            if page.ok and ticket.name in page.text
            else {}
        )
        return page.text + json.dumps(thread)

    # ---- the numbers

    def _read_the_numbers(self, invoice):
        self.env["crm.fact.table"].search([]).with_user(self.maria).action_refresh()
        fact = self.env["crm.fact.invoice"].with_user(self.maria)
        rows = fact.search([("move_id", "=", invoice.id)])
        self.assertEqual(sum(rows.mapped("amount")), invoice.amount_untaxed)
        self.assertEqual(self.env["crm.fact.ticket"].search_count([]), self.env["service.ticket"].search_count([]))
        open_deals = self.env["crm.fact.deal"].search_count([("status", "=", "open")])
        self.assertEqual(open_deals, self.env["crm.lead"].search_count([("won_status", "=", "pending")]))
        with trap_jobs() as jobs:
            self.env["crm.forecast.run"].with_user(self.maria).action_compute()
            jobs.perform_enqueued_jobs()
        run = self.env["crm.forecast.run"].search([], limit=1)
        self.assertEqual(run.state, "done", run.message)
        ahead = run.point_ids.filtered(lambda point: point.kind == "forecast")
        self.assertEqual(len(ahead), 6)
        for point in ahead:
            self.assertLess(point.low_80, point.high_80)
        self.assertEqual(min(ahead.mapped("date")), fields.Date.to_date("2026-08-01"))
