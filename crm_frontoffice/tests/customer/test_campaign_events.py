from odoo.tests import freeze_time, tagged

from ...contexts import INSIDE
from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestCampaignEvents(FrontofficeCase):
    """What becomes of a mailing is told to the customer whom it went to, once for each thing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create({"title": "Spring"})
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Chairs at half price",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "campaign_id": cls.campaign.id,
                "mailing_type": "mail",
            }
        )

    def _create_traces(self, records, **values):
        return self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": self.mailing.id,
                    "model": record._name,
                    "res_id": record.id,
                    "email": record.email_normalized,
                    "message_id": f"<{record.id}@acme.example>",
                    **values,
                }
                for record in records
            ]
        )

    def test_life_of_a_mail_is_told(self):
        trace = self._create_traces(self.contact)
        self.assertFalse(self._codes(self.customer), "nothing has been sent yet")
        trace.set_sent()
        trace.set_opened()
        trace.set_opened()
        trace.set_replied()
        trace.set_replied()
        told = ["campaign_sent", "campaign_opened", "campaign_answered"]
        self.assertEqual(self._codes(self.customer), told)
        event = self.env["crm.event"].search([("type_id.code", "=", "campaign_sent")])
        self.assertEqual((event.partner_id, event.campaign_id, event.user_id), (self.contact, self.campaign, self.anna))
        self.assertEqual(event.payload["subject"], "Chairs at half price")
        shown = self.customer.with_user(self.anna).get_customer_timeline(kinds=["campaign"])["events"]
        self.assertEqual(len(shown), 3, "a salesperson may not read mailings, but knows what his customer got")

    def test_click_tells_each_link_once(self):
        trace = self._create_traces(self.contact, sent_datetime="2026-06-15 09:00:00", trace_status="sent")
        links = self.env["link.tracker"].create(
            [
                {"url": f"https://acme.example/{name}", "mass_mailing_id": self.mailing.id}
                for name in ("chairs", "tables")
            ]
        )
        for link in (links[0], links[0], links[1]):
            self.env["link.tracker.click"].add_click(link.code, ip="10.0.0.1", mailing_trace_id=trace.id)
        self.assertEqual(self._codes(self.customer).count("campaign_clicked"), 2)
        self.assertIn("campaign_opened", self._codes(self.customer))

    def test_mail_that_comes_back_is_told(self):
        trace = self._create_traces(self.contact)
        self.env["mailing.trace"].set_bounced(domain=[("message_id", "=", trace.message_id)])
        self.assertEqual(self._codes(self.customer), ["campaign_bounced"])

    def test_mailing_to_a_deal_is_told_with_the_deal(self):
        deal = self._create_deal(email_from="anna.k@acme.example", partner_id=self.contact.id)
        self._create_traces(deal).set_sent()
        self.assertEqual(self._codes(record=deal), ["deal_created", "campaign_sent"])

    def test_entry_of_a_mailing_list_is_matched_with_the_customer_by_its_address(self):
        entry = self.env["mailing.contact"].create({"name": "Anna", "email": "Anna.K@acme.example"})
        stranger = self.env["mailing.contact"].create({"name": "Nobody", "email": "nobody@nowhere.example"})
        before = self.env["crm.event"].search_count([])
        self._create_traces(entry + stranger).set_sent()
        self.assertEqual(self._codes(self.customer), ["campaign_sent"])
        self.assertEqual(self.env["crm.event"].search_count([]), before + 1)

    def test_test_mails_went_to_nobody(self):
        self._create_traces(self.contact, is_test_trace=True).set_sent()
        self.assertFalse(self._codes(self.customer))

    def test_sms_is_told_when_it_has_left(self):
        trace = self._create_traces(self.contact, trace_type="sms")
        trace.write({"trace_status": "pending"})
        trace.write({"trace_status": "sent"})
        self.assertEqual(self._codes(self.customer), ["campaign_sent"])

    def test_leaving_a_list_is_told_and_so_is_refusing_everything(self):
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        self.env["mailing.contact"].create(
            {
                "name": "Anna",
                "email": "anna.k@acme.example",
                "subscription_ids": [(0, 0, {"list_id": mailing_list.id})],
            }
        )
        mailing_list._update_subscription_from_email("anna.k@acme.example", opt_out=True)
        mailing_list._update_subscription_from_email("anna.k@acme.example", opt_out=True)
        self.env["mail.blacklist"]._add("anna.k@acme.example")
        self.env["mail.blacklist"]._add("anna.k@acme.example")
        events = self.env["crm.event"].search([("type_id.code", "=", "campaign_unsubscribed")], order="id")
        self.assertEqual([event.payload["subject"] for event in events], ["News", None])
        self.assertEqual(events.partner_id, self.contact)

    def test_address_that_odoo_blocks_after_bounces_did_not_unsubscribe(self):
        self.env["mail.blacklist"].with_context(crm_mail_came_back=INSIDE)._add("anna.k@acme.example")
        self.assertFalse(self._codes(self.customer))

    def test_a_thousand_traces_cost_as_many_queries_as_ten(self):
        def count(number):
            people = self.env["res.partner"].create(
                [{"name": f"P{index}", "email": f"p{index}@acme.example"} for index in range(number)]
            )
            traces = self._create_traces(people)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            traces._log_status("sent")
            return self.env.cr.sql_log_count - before

        count(10)
        self.assertLessEqual(count(900), count(10) + 2)
