from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ...common import FrontofficeCase


class TestOverview(FrontofficeCase):
    """One screen says how a customer stands; everybody sees the lights, amounts only those who may."""

    def _overview(self, user=None, partner=None):
        return (partner or self.customer).with_user(user or self.anna).get_customer_overview()

    def _light(self, key, user=None, partner=None):
        return next(light for light in self._overview(user, partner)["lights"] if light["key"] == key)

    def _sections(self, user=None, partner=None):
        return {section["key"]: section for section in self._overview(user, partner)["sections"]}

    def _days(self, count):
        return fields.Date.today() - timedelta(days=count)

    def test_light_turns_yellow_and_red_with_the_days_overdue(self):
        self.assertEqual(self._light("credit")["state"], "ok")
        self._create_invoice(invoice_date=self._days(40), invoice_date_due=self._days(10))
        self.assertEqual(self._light("credit")["state"], "watch")
        self.assertEqual(self._light("credit")["text"], "Invoices overdue for 10 days")
        self.env.company.credit_stop_days = 10
        self.assertEqual(self._light("credit")["state"], "stop")
        self.assertEqual(self.contact.with_user(self.anna).credit_state, "stop", "A contact shows his company's light")

    def test_salesperson_sees_the_light_but_no_amount(self):
        self._create_invoice(invoice_date_due=self._days(10), invoice_user_id=self.boris.id)
        self.assertFalse(self._light("credit", self.anna)["more"])
        self.assertNotIn("200", str(self._overview(self.anna)))
        self.assertIn("200", self._light("credit", self.maria)["more"])
        self.assertEqual(self._sections(self.maria)["invoices"]["totals"][0]["amount"], 200)

    def test_credit_limit_counts_where_the_company_uses_it(self):
        self.customer.credit_limit = 150
        self._create_invoice(invoice_date_due=self._days(-30))
        self.assertEqual(self._light("credit")["state"], "ok")
        self.env.company.account_use_credit_limit = True
        self.assertEqual(self._light("credit")["state"], "stop")

    def test_what_is_owed_to_two_companies_is_told_in_one_currency(self):
        other = self._create_company(currency="EUR")
        self.env["res.currency.rate"].create(
            {"currency_id": other.currency_id.id, "rate": 0.5, "company_id": self.company.id}
        )
        self._create_invoice(invoice_date_due=self._days(10))
        journal = {"name": "Sales", "code": "INV2", "type": "sale", "company_id": other.id}
        self.env["account.journal"].create(journal)
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO account_move (name, journal_id, company_id, currency_id, state, move_type, payment_state,
                                         date, auto_post, commercial_partner_id, invoice_date_due,
                                         amount_residual_signed)
               SELECT 'INV2/1', journal.id, %s, %s, 'posted', 'out_invoice', 'not_paid', now(), 'no', %s, now(), 100
                 FROM account_journal journal WHERE journal.code = 'INV2'""",
            [other.id, other.currency_id.id, self.customer.id],
        )
        both = self.customer.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(both._get_credit()[self.customer.id]["owed"], 200 + 100 / 0.5)
        one = self.customer.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(one._get_credit()[self.customer.id]["owed"], 200)

    def _create_company(self, currency):
        currency = self.env.ref(f"base.{currency}")
        currency.active = True
        return self.env["res.company"].create({"name": "Other Company", "currency_id": currency.id})

    def test_contact_with_another_company_is_not_told(self):
        other = self._create_company(currency="EUR")
        self.env["crm.event"]._append(
            [{"code": "call_out", "partner_id": self.customer.id, "company_id": other.id, "payload": None}]
        )
        self.assertEqual(self._light("contact")["text"], "No contact yet, nothing planned")

    def test_light_shows_on_a_customer_that_is_being_edited(self):
        self._create_invoice(invoice_date_due=self._days(10))
        draft = self.env["res.partner"].new({"name": "Acme Works, Ltd"}, origin=self.customer)
        self.assertEqual(draft.credit_state, "watch")
        self.assertEqual(self.env["res.partner"].new({"name": "New"}).credit_state, "ok")

    def test_late_and_waiting_deliveries_show(self):
        self.assertEqual(self._light("delivery")["text"], "Nothing to deliver")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "user_id": self.anna.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 5})],
            }
        )
        order.action_confirm()
        order.picking_ids.scheduled_date = fields.Datetime.now() + timedelta(days=3)
        self.assertEqual(self._light("delivery")["state"], "watch")
        order.picking_ids.scheduled_date = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self._light("delivery")["state"], "stop")
        self.assertEqual(self._sections()["orders"]["totals"][0]["amount"], order.amount_total)

    def test_company_shows_all_contacts_and_a_contact_only_himself(self):
        self._create_deal(partner_id=self.contact.id, expected_revenue=300)
        self._create_deal(partner_id=self.customer.id, expected_revenue=200)
        self.assertEqual(
            (self._sections()["deals"]["count"], self._sections()["deals"]["totals"][0]["amount"]), (2, 500)
        )
        self.assertEqual(self._sections(partner=self.contact)["deals"]["count"], 1)

    def test_only_what_the_reader_may_read_is_counted(self):
        self._create_deal(expected_revenue=300)
        self._create_deal(expected_revenue=700, user_id=self.boris.id)
        deals = self._sections(self.anna)["deals"]
        self.assertEqual((deals["count"], deals["totals"][0]["amount"]), (1, 300))
        self.assertEqual(self._sections(self.maria)["deals"]["count"], 2)

    def test_section_opens_the_whole_list(self):
        deals = [self._create_deal(name=f"Deal {number}") for number in range(7)]
        section = self._sections()["deals"]
        self.assertEqual((section["count"], len(section["rows"])), (7, 5))
        action = self.customer.with_user(self.anna).action_open_section("deals")
        found = self.env[action["res_model"]].with_user(self.anna).search(action["domain"])
        self.assertEqual(set(found.ids), {deal.id for deal in deals})
        for key in ("nothing", "__class__", None, 7, ["deals"]):
            with self.assertRaises(UserError):
                self.customer.with_user(self.anna).action_open_section(key)

    def test_supplier_shows_what_we_owe_him_to_those_who_pay(self):
        self._create_invoice(move_type="in_invoice", ref="B1", invoice_date_due=self._days(1))
        self.assertIn("bills", self._sections(self.maria))
        self.assertNotIn("bills", self._sections(self.anna))

    def test_next_steps_of_all_documents_come_in_their_order(self):
        deal = self._create_deal(partner_id=self.contact.id)
        deal.activity_schedule("mail.mail_activity_data_todo", self._days(-5), "Second", user_id=self.anna.id)
        self.customer.activity_schedule("mail.mail_activity_data_todo", self._days(2), "First", user_id=self.anna.id)
        hidden = self._create_deal(user_id=self.boris.id)
        hidden.activity_schedule("mail.mail_activity_data_todo", self._days(0), "Boris' own", user_id=self.boris.id)
        steps = [(step["name"], step["is_late"]) for step in self._overview()["activities"]]
        self.assertEqual(steps, [("First", True), ("Second", False)])
        self.assertEqual(self._light("contact")["text"], "The next step is planned")

    def test_step_on_an_unpaid_invoice_is_among_the_next_steps(self):
        invoice = self._create_invoice(invoice_date_due=self._days(3), partner_id=self.contact.id)
        invoice.activity_schedule("mail.mail_activity_data_call", summary="Ask for the money", user_id=self.anna.id)
        self.assertEqual([step["name"] for step in self._overview()["activities"]], ["Ask for the money"])

    def test_people_relations_roles_and_files_show(self):
        friend = self.env["res.partner"].create({"name": "Nordwind", "is_company": True})
        self.env["crm.partner.relation"].create(
            {
                "first_partner_id": self.customer.id,
                "type_id": self.env.ref("crm_frontoffice.relation_type_referred").id,
                "second_partner_id": friend.id,
            }
        )
        self.env["crm.partner.role"].create({"partner_id": self.customer.id, "role": "partner"})
        deal = self._create_deal()
        self.env["ir.attachment"].create({"name": "plan.pdf", "res_model": "crm.lead", "res_id": deal.id, "raw": b"x"})
        hidden = self._create_deal(user_id=self.boris.id)
        self.env["ir.attachment"].create({"name": "no.pdf", "res_model": "crm.lead", "res_id": hidden.id, "raw": b"x"})
        overview = self._overview()
        self.assertEqual([person["name"] for person in overview["people"]], ["Anna Karenina"])
        self.assertEqual([relation["label"] for relation in overview["relations"]], ["Referred by"])
        self.assertIn("Partner", overview["customer"]["roles"])
        self.assertEqual([file["name"] for file in overview["documents"]], ["plan.pdf"])

    def test_campaigns_of_the_last_months_are_counted(self):
        for code, days in (
            ("campaign_sent", 10),
            ("campaign_sent", 20),
            ("campaign_opened", 9),
            ("campaign_sent", 100),
        ):
            date = fields.Datetime.now() - timedelta(days=days)
            self.env["crm.event"]._append([{"code": code, "partner_id": self.contact.id, "date": date}])
        self.assertEqual([answer["count"] for answer in self._overview()["campaigns"]], [2, 1])

    def test_portal_user_gets_nothing_and_an_employee_without_sales_only_what_he_may_read(self):
        portal = new_test_user(self.env, login="portal_overview", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self._overview(portal, portal.partner_id)
        employee = new_test_user(self.env, login="employee_overview", groups="base.group_user")
        self._create_deal()
        self._create_invoice()
        self.assertFalse(self._overview(employee)["sections"])

    def test_cost_does_not_grow_with_the_history(self):
        self._create_deal()
        self._overview()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._overview()
            return self.env.cr.sql_log_count - start

        few = count()
        self.env["crm.lead"].create(
            [{"name": f"Deal {n}", "partner_id": self.customer.id, "user_id": self.anna.id} for n in range(50)]
        )
        self.assertLessEqual(count(), few + 2)
