from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestEventTypes(FrontofficeCase):
    """Every thing that happens with a customer has its event, and one statement writes those of a batch."""

    def _payloads(self, code):
        return self.env["crm.event"].search([("type_id.code", "=", code)], order="id").mapped("payload")

    # ---- money

    def test_instalments_are_told_with_their_amounts(self):
        invoice = self._create_invoice()
        self._pay(invoice, amount=50.0)
        self._pay(invoice, amount=30.0)
        self._pay(invoice)
        events = self.env["crm.event"].search([("type_id.code", "=", "invoice_partly_paid")], order="id")
        self.assertEqual(events.mapped("amount"), [50.0, 30.0])
        self.assertEqual(self._codes(record=invoice)[-1], "invoice_paid")
        received = self.env["crm.event"].search([("type_id.code", "=", "payment_received")], order="id")
        self.assertEqual(received.mapped("amount"), [50.0, 30.0, 120.0])
        self.assertEqual(received.user_id, self.anna)

    def test_what_we_pay_to_suppliers_is_no_payment_of_a_customer(self):
        payment = self.env["account.payment"].create(
            {"payment_type": "outbound", "partner_type": "supplier", "partner_id": self.customer.id, "amount": 10}
        )
        payment.action_post()
        self.assertNotIn("payment_received", self._codes(self.customer))

    def test_order_that_the_customer_signed_himself_came_over_the_web(self):
        orders = self.env["sale.order"].create(
            [
                {"partner_id": self.customer.id, "order_line": [(0, 0, {"product_id": self.product.id})], **signed}
                for signed in ({}, {"signed_on": fields.Datetime.now(), "signed_by": "Anna Karenina"})
            ]
        )
        orders.action_confirm()
        self.assertEqual(self._codes(record=orders[0]), ["order_confirmed"])
        self.assertEqual(self._codes(record=orders[1]), ["order_confirmed", "order_web"])

    def test_loyalty_card_is_told_once_it_has_an_owner(self):
        program = self.env["loyalty.program"].create({"name": "Gold", "program_type": "loyalty"})
        cards = self.env["loyalty.card"].create(
            [{"program_id": program.id}, {"program_id": program.id, "partner_id": self.contact.id}]
        )
        self.assertEqual(self._codes(self.customer), ["loyalty_card_issued"])
        cards.partner_id = self.contact
        self.assertEqual(self._codes(self.customer), ["loyalty_card_issued"] * 2)
        self.assertEqual(self._payloads("loyalty_card_issued")[0], {"subject": "Gold"})

    # ---- meetings

    def _create_meeting(self, guests, days=1, **values):
        start = fields.Datetime.now() + timedelta(days=days)
        return self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [(6, 0, guests.ids)],
                **values,
            }
        )

    def test_meeting_is_told_to_each_customer_who_takes_part(self):
        other = self.env["res.partner"].create({"name": "Other Works", "is_company": True})
        self._create_meeting(self.customer + self.contact + other + self.anna.partner_id)
        self.assertEqual(self._codes(self.customer), ["meeting_planned"])
        self.assertEqual(self._codes(other), ["meeting_planned"])
        self.assertFalse(self._codes(self.anna.partner_id))

    def test_meeting_among_colleagues_is_no_event(self):
        before = self.env["crm.event"].search_count([])
        self._create_meeting(self.anna.partner_id + self.boris.partner_id + self.company.partner_id)
        self.assertEqual(self.env["crm.event"].search_count([]), before)

    def test_guest_who_comes_later_is_told_then(self):
        meeting = self._create_meeting(self.anna.partner_id)
        meeting.partner_ids += self.contact
        meeting.partner_ids += self.customer
        self.assertEqual(self._codes(self.customer), ["meeting_planned"])

    def test_moved_and_cancelled_meetings_are_told(self):
        meeting = self._create_meeting(self.contact)
        meeting.write({"start": "2026-06-20 08:00:00", "stop": "2026-06-20 09:00:00"})
        meeting.unlink()
        self.assertEqual(self._codes(self.customer), ["meeting_planned", "meeting_moved", "meeting_cancelled"])
        self.assertEqual(
            self._payloads("meeting_moved"),
            [{"subject": "Visit", "from_time": "2026-06-16 10:00:00", "to_time": "2026-06-20 08:00:00"}],
        )
        shown = self.customer.with_user(self.anna).get_customer_timeline()["events"]
        self.assertEqual(
            [event["code"] for event in shown], ["meeting_cancelled"], "the meeting is gone, the event not"
        )

    def test_old_meeting_is_tidied_up_without_a_word(self):
        meeting = self._create_meeting(self.contact, days=-3)
        meeting.active = False
        self.assertNotIn("meeting_cancelled", self._codes(self.customer))

    def test_subject_of_a_private_meeting_stays_private(self):
        self._create_meeting(self.contact, privacy="private", name="About my divorce")
        self.assertEqual(self._payloads("meeting_planned"), [{}])

    def test_series_of_meetings_is_planned_once(self):
        self._create_meeting(
            self.contact, recurrency=True, rrule_type_ui="weekly", mon=True, interval=1, count=5, end_type="count",
            rrule_type="weekly",
        )  # fmt: skip
        self.assertEqual(self._codes(self.customer), ["meeting_planned"])

    # ---- rows that cannot be told

    def test_business_goes_on_when_a_type_is_missing_or_a_row_is_odd(self):
        self.env.ref("crm_frontoffice.event_type_visit").code = "renamed"
        with self.assertLogs("odoo.addons.crm_frontoffice.models.customer.crm_event", "WARNING"):
            self.customer._log_event("visit")
        self.customer._log_event("chat", amount=float("nan"), payload={"subject": "zero\0byte"})
        event = self.env["crm.event"].search([("type_id.code", "=", "chat")])
        self.assertEqual((event.amount, event.payload), (0.0, {"subject": "zerobyte"}))
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone.unlink()
        (gone + self.customer)._log_event("chat")
        self.assertEqual(self.env["crm.event"].search_count([("type_id.code", "=", "chat")]), 2)

    def test_shipped_types_cannot_be_deleted_and_others_can(self):
        shipped = self.env.ref("crm_frontoffice.event_type_visit").with_user(self.maria)
        with self.assertRaisesRegex(UserError, "Visit"):
            shipped.unlink()
        shipped.write({"name": "Customer visit", "icon": "fa-car"})
        own = self.env["crm.event.type"].with_user(self.maria).create({"name": "Fair", "code": "fair"})
        own.unlink()

    # ---- customers that change

    def test_person_takes_his_history_into_his_first_company(self):
        person = self.env["res.partner"].create({"name": "Vronsky"})
        person._log_event("visit")
        person.parent_id = self.customer
        self.assertEqual(self._codes(self.customer), ["visit"])
        self.assertEqual(person.get_customer_timeline()["events"][0]["code"], "visit")

    def test_person_who_changes_companies_leaves_their_history_behind(self):
        other = self.env["res.partner"].create({"name": "Other Works", "is_company": True})
        self.contact._log_event("visit")
        self.contact.parent_id = other
        self.contact._log_event("chat")
        self.assertEqual((self._codes(self.customer), self._codes(other)), (["visit"], ["chat"]))
        self.contact.parent_id = False
        own = [event["code"] for event in self.contact.get_customer_timeline()["events"]]
        self.assertEqual(sorted(own), ["chat", "visit"], "his own history shows all of it")

    def test_merge_into_a_contact_gives_the_history_to_the_company(self):
        twin = self.env["res.partner"].create({"name": "Anna Karenina", "email": "anna.k@acme.example"})
        twin._log_event("visit")
        self.env["base.partner.merge.automatic.wizard"]._merge([twin.id, self.contact.id], self.contact)
        event = self.env["crm.event"].search([("type_id.code", "=", "visit")])
        self.assertEqual((event.partner_id, event.commercial_partner_id), (self.contact, self.customer))

    # ---- sets

    def test_posting_many_invoices_writes_their_events_with_one_statement(self):
        invoices = self.env["account.move"].union(*(self._create_invoice(post=False) for _number in range(5)))
        append = type(self.env["crm.event"])._append_select
        with patch.object(type(self.env["crm.event"]), "_append_select", autospec=True, side_effect=append) as written:
            invoices.action_post()
        self.assertEqual(written.call_count, 1)
        self.assertEqual(self._codes(record=invoices), ["invoice_posted"] * 5)
