from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, users

from ...common import FrontofficeCase


@freeze_time("2026-04-08 12:00:00")
class TestInteractions(FrontofficeCase):
    """What was said on the telephone or at a visit is told once, from any record, and becomes part of the history."""

    def _log(self, record, user=None, **values):
        interactions = self.env["crm.interaction"].with_user(user or self.anna)
        action = interactions.action_log(record._name, record.id)
        form = Form(interactions.with_context(**action["context"]), view=action["view_id"][0])
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def test_call_is_logged_from_a_deal_with_its_customer_known(self):
        deal = self._create_deal(partner_id=self.contact.id)
        reached = self.env.ref("crm_frontoffice.interaction_result_reached")
        call = self._log(deal, summary="Wants a discount", duration=12, result_id=reached)
        self.assertEqual(
            (call.partner_id, call.commercial_partner_id, call.user_id), (self.contact, self.customer, self.anna)
        )
        self.assertEqual(self._codes(record=call), ["call_out"])
        event = self.env["crm.event"].search([("res_model", "=", "crm.interaction"), ("res_id", "=", call.id)])
        self.assertEqual(
            event.payload, {"subject": "Wants a discount", "minutes": 12, "result": "Reached", "answered": True}
        )
        self.assertEqual(deal.interaction_count, 1)
        self.assertIn("Wants a discount", deal.message_ids[0].body)

    def test_next_step_becomes_an_activity_of_the_deal(self):
        deal = self._create_deal()
        todo = self.env.ref("mail.mail_activity_data_todo")
        form_values = {"next_activity_type_id": todo, "next_date": "2026-04-20", "next_summary": "Send the offer"}
        self._log(deal, **form_values)
        self.assertRecordValues(
            deal.activity_ids,
            [{"summary": "Send the offer", "date_deadline": deal.activity_ids.date_deadline, "user_id": self.anna.id}],
        )
        self.assertEqual(str(deal.activity_ids.date_deadline), "2026-04-20")

    def test_markup_in_a_note_is_shown_as_it_was_written(self):
        deal = self._create_deal()
        self._log(deal, note="<script>alert(1)</script>")
        self.assertNotIn("<script>", deal.message_ids[0].body)
        self.assertIn("&lt;script&gt;", deal.message_ids[0].body)

    def test_history_shows_it_and_opens_it(self):
        call = self._log(self.customer, summary="Asked for prices")
        [event] = self.customer.with_user(self.anna).get_customer_timeline()["events"]
        self.assertEqual(
            (event["model"], event["res_id"], event["details"]["subject"]),
            ("crm.interaction", call.id, "Asked for prices"),
        )

    def test_what_was_told_stays_but_notes_may_be_completed(self):
        call = self._log(self.customer, summary="Asked")
        call.write({"note": "He will call again", "summary": "Asked for prices"})
        with self.assertRaises(UserError) as refusal:
            call.write({"kind": "visit"})
        self.assertIn("Asked for prices", str(refusal.exception))

    def test_colleague_reads_but_does_not_change_it(self):
        self.customer.user_id = False
        call = self._log(self.customer, summary="Asked")
        with self.assertRaises(AccessError):
            call.with_user(self.boris).write({"note": "x"})
        self.assertEqual(call.with_user(self.boris).summary, "Asked")
        call.with_user(self.maria).write({"note": "Checked"})

    def test_contacts_with_a_colleagues_customer_are_not_mine_to_read(self):
        self.customer.user_id = self.anna
        call = self._log(self.customer, summary="Secret")
        with self.assertRaises(AccessError):
            call.with_user(self.boris).read(["summary"])
        self.assertFalse(self.customer.with_user(self.boris).get_customer_timeline()["events"])

    def test_nobody_logs_on_a_record_that_he_may_not_read(self):
        deal = self._create_deal(user_id=self.boris.id)
        with self.assertRaises(AccessError):
            self.env["crm.interaction"].with_user(self.anna).action_log("crm.lead", deal.id)
        values = {"partner_id": self.contact.id, "res_model": "crm.lead", "res_id": deal.id}
        with self.assertRaises(AccessError):
            self.env["crm.interaction"].with_user(self.anna).create(values)
        portal = new_test_user(self.env, login="portal_log", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["crm.interaction"].with_user(portal).create({"partner_id": portal.partner_id.id})

    def test_nobody_logs_with_a_customer_whom_he_may_not_read(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        hidden = self.env["res.partner"].create({"name": "Hidden", "phone": "+32456001122", "company_id": other.id})
        interactions = self.env["crm.interaction"].with_user(self.anna)
        with self.assertRaises(AccessError):
            interactions.create({"partner_id": hidden.id, "res_model": "res.users", "res_id": self.anna.id})

    def test_contact_does_not_move_to_another_record(self):
        call = self._log(self.customer, summary="Asked for prices")
        with self.assertRaisesRegex(UserError, "Asked for prices"):
            call.write({"res_model": "crm.lead", "res_id": self._create_deal(user_id=self.boris.id).id})

    @users("anna_test")
    def test_wrong_calls_are_explained(self):
        for model, record_id in (("no.model", 1), ("crm.lead", "1"), (7, 1)):
            with self.assertRaises(UserError):
                self.env["crm.interaction"].action_log(model, record_id)
        for model in ("no.model", "mail.thread"):
            with self.assertRaisesRegex(UserError, model):
                self.env["crm.interaction"].create({"partner_id": self.contact.id, "res_model": model, "res_id": 1})

    def test_many_cost_hardly_more_queries_than_few(self):
        deals = self.env["crm.lead"].create(
            [{"name": f"Deal {n}", "partner_id": self.contact.id, "user_id": self.anna.id} for n in range(60)]
        )
        interactions = self.env["crm.interaction"].with_user(self.maria)

        def log(some):
            start = self.env.cr.sql_log_count
            interactions.create(
                [
                    {"partner_id": self.contact.id, "res_model": "crm.lead", "res_id": deal.id, "summary": "x"}
                    for deal in some
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        log(deals[:5])
        self.assertLessEqual(log(deals[10:60]), log(deals[5:10]) + 3)
