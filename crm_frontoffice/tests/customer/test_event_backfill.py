from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import FrontofficeCase

BACKFILL = "odoo.addons.crm_frontoffice.models.customer.crm_event_backfill"


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestEventBackfill(FrontofficeCase):
    """What happened before the installation comes into the log range by range, without loss or double."""

    def _live(self):
        """Some life of a customer, as the log tells it while it happens."""
        deal = self._create_deal()
        for index, author in enumerate((self.contact, self.anna.partner_id, self.contact)):
            deal.message_post(
                body=f"Message {index}",
                message_type="email" if author == self.contact else "comment",
                subtype_xmlid="mail.mt_comment",
                author_id=author.id,
                partner_ids=self.contact.ids,
            )
        deal.message_post(body="Internal remark", author_id=self.anna.partner_id.id)
        deal.activity_schedule("mail.mail_activity_data_call", user_id=self.anna.id).action_feedback(feedback="Agreed")
        deal.activity_schedule("mail.mail_activity_data_todo", user_id=self.anna.id).action_feedback(feedback="Done")
        times = {"start": "2026-06-14 10:00", "stop": "2026-06-14 11:00"}
        self.env["calendar.event"].create({"name": "Visit", "partner_ids": [(6, 0, self.contact.ids)], **times})
        self.customer.message_post(
            body="Hello", message_type="email", subtype_xmlid="mail.mt_comment", author_id=self.customer.id
        )
        self._pay(self._create_invoice(), amount=50)
        self._create_invoice(invoice_date_due="2026-06-14")
        mailing = self.env["mailing.mailing"].create(
            {"subject": "Chairs", "mailing_model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        values = {"mass_mailing_id": mailing.id, "model": "res.partner", "res_id": self.contact.id}
        trace = self.env["mailing.trace"].create(values)
        trace.set_sent()
        trace.sent_datetime = fields.Datetime.subtract(trace.sent_datetime, minutes=5)  # who reads it at once is none
        link = self.env["link.tracker"].create({"url": "https://acme.example", "mass_mailing_id": mailing.id})
        self.env["link.tracker.click"].add_click(link.code, ip="10.0.0.1", mailing_trace_id=trace.id)
        program = self.env["loyalty.program"].create({"name": "Gold", "program_type": "loyalty"})
        self.env["loyalty.card"].create({"program_id": program.id, "partner_id": self.customer.id})
        self.env["crm.event.scan"]._cron_scan()

    def _rows(self):
        return self.env["crm.event.progress"].search([("kind", "=", "backfill")])

    def _told(self):
        """What the log says about the customer, in an order that does not depend on who wrote it."""
        events = self.env["crm.event"].search([("commercial_partner_id", "=", self.customer.id)])
        return sorted((event.type_id.code, event.res_model, event.res_id, event.partner_id.id) for event in events)

    def _forget(self):
        self.env["crm.event"].search([]).sudo().unlink()

    def test_past_is_told_as_if_the_log_had_been_there(self):
        self._live()
        told = self._told()
        self.assertGreaterEqual(len({code for code, *_rest in told}), 13)
        self._forget()
        self.env["crm.event.backfill"]._run()
        self.assertEqual(self._told(), told)

    def test_what_was_told_is_not_told_again(self):
        self._live()
        told = self._told()
        self.assertEqual(self.env["crm.event.backfill"]._run(), 0)
        self.assertEqual(self._told(), told)

    def test_past_goes_on_where_it_was_killed(self):
        """Each step is rolled back once before it is done, as when the server is killed in the middle of it."""
        for _number in range(7):
            self._create_deal()
        self._forget()
        backfill = self.env["crm.event.backfill"]
        with patch(f"{BACKFILL}.BATCH", 3):
            for row in backfill._start():
                while row.state in ("waiting", "running"):
                    before = (row.state, row.next_id)
                    with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                        backfill._step(row)
                        raise ZeroDivisionError
                    row.invalidate_recordset()
                    self.assertEqual((row.state, row.next_id), before)
                    backfill._step(row)
        self.assertEqual(self._codes(self.customer), ["deal_created"] * 7)

    def test_deal_that_comes_while_the_past_is_told_is_not_doubled(self):
        deals = self._create_deal() + self._create_deal()
        self._forget()
        backfill = self.env["crm.event.backfill"]
        backfill._start()
        late = self._create_deal()
        deals[0].action_set_lost()
        backfill._cron_run()
        self.assertEqual(self._codes(record=late), ["deal_created"])
        self.assertCountEqual(self._codes(record=deals[0]), ["deal_created", "deal_lost"])
        self.assertEqual(self._codes(record=deals[1]), ["deal_created"])

    def test_failing_kind_is_shown_stops_no_other_and_can_be_tried_again(self):
        self._live()
        told = self._told()
        self._forget()
        backfill = self.env["crm.event.backfill"]
        with (
            patch.object(type(backfill), "_backfill_orders", side_effect=ValueError("broken")),
            self.assertLogs(BACKFILL, "ERROR"),
        ):
            backfill._run()
        row = self._rows().filtered(lambda row: row.state == "failed").with_user(self.maria)
        self.assertEqual((row.name, row.error), ("Orders", "broken"))
        row.action_retry()
        backfill._cron_run()
        self.assertEqual((row.state, row.error), ("done", False))
        self.assertEqual(self._told(), told)

    def test_manager_sees_how_far_it_is_and_salespeople_do_not_touch_it(self):
        row = self._rows()[:1]
        row.write({"first_id": 200, "next_id": 50, "state": "running"})
        self.assertEqual(row.with_user(self.maria).progress, 75.0)
        for user in (self.anna, self.boris):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["progress"])
            with self.assertRaises(AccessError):
                row.with_user(user).action_retry()
        with self.assertRaises(AccessError):
            self.env["crm.event.progress"].with_user(self.maria).create({"kind": "scan", "code": "unlink"})

    def test_method_that_the_system_calls_cannot_be_chosen_by_a_person(self):
        row = self.env["crm.event.progress"].search([("kind", "=", "scan")], limit=1).with_user(self.maria)
        for values in ({"code": "unlink"}, {"state": "waiting"}, {"next_id": 1}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                row.write(values)
        row.days = "5"

    def test_small_past_is_told_at_the_installation_and_a_large_one_in_the_background(self):
        self._create_deal()
        self._forget()
        with patch(f"{BACKFILL}.SMALL", 0):
            self.env["crm.event.backfill"]._install()
        self.assertFalse(self._codes(self.customer))
        self.env["crm.event.backfill"]._install()
        self.assertEqual(self._codes(self.customer), ["deal_created"])

    def test_cron_commits_each_range(self):
        for _number in range(6):
            self._create_deal()
        self._forget()
        self.env["crm.event.backfill"]._start()
        self.env.flush_all()
        with self.enter_registry_test_mode(), patch(f"{BACKFILL}.BATCH", 2):
            cron = self.env.ref("crm_frontoffice.crm_event_backfill_cron")
            commit = type(self.env["ir.cron"])._commit_progress
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", autospec=True, side_effect=commit) as step:
                self.assertTrue(cron.method_direct_trigger())
        self.assertGreater(step.call_count, 3)
        self.assertEqual(self._codes(self.customer), ["deal_created"] * 6)
