from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import email_normalize

from odoo.addons.crm_frontoffice.contexts import BatchAddresses

from ..common import CampaignCase


@tagged("post_install", "-at_install")
class TestMailingBatches(CampaignCase):
    """Who has got a mailing, or has left its lists, is asked for a batch, and the answer is the same as Odoo's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lists = cls.env["mailing.list"].create([{"name": "One"}, {"name": "Two"}])
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": cls.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": cls.lists.ids,
                "body_html": "<p>News</p>",
                "email_from": "news@company.example",
            }
        )

    def _subscribe(self, name, *choices):
        """A contact of the lists, and whether he has left each."""
        lines = [
            (0, 0, {"list_id": mailing_list.id, "opt_out": left})
            for mailing_list, left in zip(self.lists, choices, strict=False)
        ]
        values = {"name": name, "email": f"{name}@lists.example", "subscription_ids": lines}
        return self.env["mailing.contact"].create(values)

    def test_who_has_left_every_list_gets_nothing(self):
        here, left, half = (
            self._subscribe("here", False),
            self._subscribe("left", True),
            self._subscribe("half", True, False),
        )
        self.mailing._action_send_mail((here | left | half).ids)
        status = {trace.res_id: trace.failure_type for trace in self.mailing.mailing_trace_ids}
        self.assertEqual(status, {here.id: False, left.id: "mail_optout", half.id: False})

    def test_whoever_has_the_same_address_gets_it_once(self):
        first, second = self._subscribe("same", False), self._subscribe("same", False)
        self.mailing._action_send_mail(first.ids)
        self.mailing._action_send_mail(second.ids)
        status = {trace.res_id: trace.failure_type for trace in self.mailing.mailing_trace_ids}
        self.assertEqual(status, {first.id: False, second.id: "mail_dup"})

    def test_answer_for_a_batch_is_part_of_the_whole_answer(self):
        left, gone = self._subscribe("left", True), self._subscribe("gone", True, True)
        everybody = self.mailing._get_opt_out_list()
        self.assertEqual(everybody, {left.email, gone.email})
        batch = self.mailing.with_context(crm_addresses=BatchAddresses((left.email, "stranger@lists.example")))
        self.assertEqual(batch._get_opt_out_list(), {left.email})

    def test_caller_cannot_say_whose_addresses_count(self):
        """What comes over RPC is a plain list: with it, somebody who left would be written to."""
        gone = self._subscribe("gone", True, True)
        forged = self.mailing.with_context(crm_addresses=["stranger@lists.example"])
        self.assertEqual(forged._get_opt_out_list(), {gone.email})

    def test_caller_cannot_claim_to_be_a_journey(self):
        contact = self._subscribe("twice", False)
        self.mailing._action_send_mail(contact.ids)
        forged = self.mailing.with_context(crm_journey_messages={str(contact.id): 1})
        self.assertEqual(forged._get_seen_list(), {contact.email})

    def test_statements_do_not_grow_with_recipients(self):
        contacts = self.env["mailing.contact"].union(*(self._subscribe(f"c{number}", False) for number in range(60)))
        self.mailing._action_send_mail(contacts[:1].ids)
        composer = self.env["mail.compose.message"].new(
            {"mass_mailing_id": self.mailing.id, "model": "mailing.contact"}
        )
        values = {contact.id: {"email_to": contact.email} for contact in contacts}
        self.env.flush_all()
        with self.assertQueryCount(4):
            composer._get_done_emails(values)
            composer._get_optout_emails(values)

    def _send_to_new(self, name, count):
        """The mails to so many new subscribers, and how many statements they took."""
        contacts = self.env["mailing.contact"].union(*(self._subscribe(f"{name}{n}", False) for n in range(count)))
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.mailing._action_send_mail(contacts.ids)
        self.env.flush_all()
        return self.mailing.mailing_trace_ids.filtered(lambda trace: trace.res_id in contacts.ids).mail_mail_id, (
            self.env.cr.sql_log_count - before
        )

    def test_links_are_looked_for_once_in_a_batch(self):
        self.mailing.body_html = '<p><a href="https://shop.example/spring">Spring</a></p>'
        self._send_to_new("first", 1)
        _mails, for_few = self._send_to_new("few", 2)
        mails, for_many = self._send_to_new("many", 12)
        self.assertLessEqual(for_many, for_few + 3)
        tracker = self.env["link.tracker"].search([("mass_mailing_id", "=", self.mailing.id)])
        self.assertEqual(tracker.url, "https://shop.example/spring")
        self.assertEqual([mail.body_html.count(f"/r/{tracker.code}") for mail in mails], [1] * 12)

    def test_links_of_one_recipient_alone_lead_him_to_his_own_page(self):
        self.mailing.body_html = """<p><a href="https://shop.example/spring">Spring</a>
            <a t-attf-href="https://shop.example/for/{{ object.name }}">Yours</a></p>"""
        mails, _statements = self._send_to_new("guest", 3)
        trackers = self.env["link.tracker"].search([("mass_mailing_id", "=", self.mailing.id)])
        pages = {tracker.url: f"/r/{tracker.code}" for tracker in trackers}
        own = [f"https://shop.example/for/guest{n}" for n in range(3)]
        self.assertEqual(set(pages), {"https://shop.example/spring", *own})
        for mail in mails:
            found = [url for url in own if pages[url] in mail.body_html]
            self.assertEqual(found, [f"https://shop.example/for/{mail.mailing_trace_ids.email.partition('@')[0]}"])
            self.assertIn(pages["https://shop.example/spring"], mail.body_html)

    def test_nobody_outside_can_claim_to_know_the_links(self):
        values = {"url": "https://shop.example/real", "label": "Real"}
        other = self.env["link.tracker"].create({"url": "https://evil.example"})
        claimed = {str(tuple(sorted(values.items()))): other.id}
        tracker = self.env["link.tracker"].with_context(crm_link_memory=claimed).search_or_create([values])
        self.assertEqual(tracker.url, "https://shop.example/real")

    # ---- what is made once

    def _count_calls(self, model, method):
        """Odoo's method as it is, and a look at how often it is called."""
        original = getattr(type(self.env[model]), method)
        return patch.object(type(self.env[model]), method, autospec=True, side_effect=original)

    def test_text_without_placeholders_is_made_once_for_a_batch(self):
        self.mailing.body_html = '<p style="font-size: 2em">Same <a href="/spring">for all</a></p>'
        with self._count_calls("mail.compose.message", "_shorten_links") as shorten:
            mails, _statements = self._send_to_new("same", 5)
        self.assertEqual(shorten.call_count, 1)
        self.assertEqual([mail.body_html.count("for all</a>") for mail in mails], [1] * 5)
        self.assertEqual(len({mail.body_html for mail in mails}), 1)

    def test_whatever_names_the_recipient_is_made_for_each(self):
        self.mailing.write({"subject": "For {{ object.name }}", "body_html": "<p>Dear <t t-out='object.name'/></p>"})
        mails, _statements = self._send_to_new("dear", 3)
        for mail in mails:
            name = mail.mailing_trace_ids.email.partition("@")[0]
            self.assertEqual(mail.subject, f"For {name}")
            self.assertIn(f"Dear {name}<", mail.body_html)

    def test_text_is_kept_once_and_twice_only_where_the_message_stays(self):
        self.mailing.body_html = "<p>Long text</p>"
        for is_kept in (False, True):
            with self.subTest(is_kept=is_kept):
                self.mailing.keep_archives = is_kept
                mails, _statements = self._send_to_new(f"kept{is_kept}", 1)
                self.assertIn("Long text", mails.body_html)
                self.assertEqual("Long text" in mails.mail_message_id.body, is_kept)
                self.assertTrue(mails.mail_message_id.body)

    def test_addresses_are_taken_apart_once(self):
        method = "odoo.addons.mail.wizard.mail_compose_message.email_normalize"
        with patch(method, side_effect=email_normalize) as normalize:
            mails, _statements = self._send_to_new("apart", 3)
        self.assertEqual(normalize.call_count, 2 * 3, "Odoo's own comprehension asks twice")
        self.assertEqual(set(mails.mapped("email_to")), {f"apart{n}@lists.example" for n in range(3)})

    def test_addresses_that_share_a_record_or_none_stay_apart(self):
        double, none = self._subscribe("double", False), self._subscribe("none", False)
        double.email = "one@lists.example, two@lists.example"
        none.email = "nobody"
        self.mailing._action_send_mail((double | none).ids)
        status = {trace.res_id: (trace.email, trace.failure_type) for trace in self.mailing.mailing_trace_ids}
        self.assertEqual(status, {double.id: ("one@lists.example", False), none.id: ("nobody", "mail_email_invalid")})
