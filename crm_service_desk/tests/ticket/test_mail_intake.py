from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCommon

from ..common import MONDAY, DeskFixtures

MESSAGE = """From: {sender}
To: {to}
Cc: {cc}
Subject: {subject}
Message-Id: {number}
Date: Mon, 15 Jun 2026 08:00:00 +0000
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Nothing works here.
"""


@tagged("post_install", "-at_install")
class TestMailIntake(DeskFixtures, MailCommon):
    """Messages to a team's address become tickets or wake the ones they answer; programs do neither."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        cls.team.write({"alias_name": "desk", "alias_domain_id": cls.mail_alias_domain.id})
        cls.address = cls.team.alias_email

    def setUp(self):
        super().setUp()
        self.number = 0

    def _receive(self, sender='"Alice" <alice@acme.example>', *, reply_to=None, headers="", **values):
        """Bring a message in through the mail gateway and return the tickets that were not there before."""
        known = self.env["service.ticket"].search([])
        message = self._format_message(sender, reply_to=reply_to, headers=headers, **values)
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, message)
        return self.env["service.ticket"].search([]) - known

    def _format_message(self, sender='"Alice" <alice@acme.example>', *, reply_to=None, headers="", **values):
        self.number += 1
        if reply_to:
            headers += f"In-Reply-To: {reply_to.message_id}\nReferences: {reply_to.message_id}\n"
        number = f"<{self.number}.{self.id()}@customer.example>"
        values = {"to": self.address, "cc": "", "subject": "Help", **values}
        return MESSAGE.format(sender=sender, number=number, headers=headers, **values)

    @freeze_time(MONDAY)
    def test_message_of_a_known_contact_becomes_a_ticket(self):
        ticket = self._receive()
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Help",
                    "partner_id": self.alice.id,
                    "commercial_partner_id": self.acme.id,
                    "team_id": self.team.id,
                    "company_id": self.team.company_id.id,
                    "user_id": False,
                    "channel": "email",
                    "category": "new",
                    "sla_state": "running",
                }
            ],
        )
        self.assertEqual(ticket.message_ids[0].author_id, self.alice)
        self.assertEqual(ticket.message_partner_ids, self.alice)
        self.assertFalse(ticket.date_first_answer)

    def test_contact_is_found_whatever_the_spelling(self):
        self.assertEqual(self._receive("ALICE@Acme.example").partner_id, self.alice)

    def test_unknown_sender_becomes_a_contact(self):
        ticket = self._receive('"Zoe New" <zoe@new.example>', subject="")
        self.assertEqual((ticket.partner_id.name, ticket.partner_id.email), ("Zoe New", "zoe@new.example"))
        self.assertEqual((ticket.name, ticket.message_partner_ids), ("(no subject)", ticket.partner_id))

    def test_team_without_working_hours_takes_messages_too(self):
        self.team.calendar_id = False
        self.company.resource_calendar_id = False
        self.assertEqual(self._receive().sla_state, "running")

    def test_sender_without_address_is_taken_too(self):
        ticket = self._receive("Undisclosed")
        self.assertEqual((len(ticket), ticket.partner_id.ids), (1, []))

    def test_automatic_messages_open_no_ticket(self):
        for header in (
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "Precedence: bulk",
            "Precedence: list",
            "Precedence: auto_reply",
        ):
            with self.subTest(header=header):
                self.assertFalse(self._receive(headers=f"{header}\n"))

    def test_absence_note_wakes_nobody_but_is_kept(self):
        ticket = self._receive()
        answer = self._answer(ticket)
        for category in ("waiting_customer", "solved"):
            self._move(ticket, category)
            with self.subTest(category=category):
                self.assertFalse(self._receive(reply_to=answer, headers="Auto-Submitted: auto-replied\n"))
                self.assertEqual(ticket.category, category)
                self.assertEqual(ticket.message_ids.filtered("body")[0].message_type, "out_of_office")

    def test_reply_wakes_a_ticket(self):
        ticket = self._receive()
        answer = self._answer(ticket)
        for category in ("waiting_customer", "waiting_third_party", "solved", "closed"):
            self._move(ticket, category)
            with self.subTest(category=category):
                self.assertFalse(self._receive(reply_to=answer, subject="Re: Help"))
                self.assertEqual(ticket.category, "open")
        self.assertEqual(self._codes(ticket).count("ticket_reopened"), 2)

    def test_answer_by_mail_of_an_agent_counts(self):
        ticket = self._receive()
        self._receive('"Sven" <sven@desk.example>', reply_to=ticket.message_ids[0], subject="Re: Help")
        self.assertTrue(ticket.date_first_answer)
        self.assertEqual(ticket.category, "open")

    def test_stranger_in_copy_is_noted_and_never_follows(self):
        ticket = self._receive(cc='"Bob" <bob@bolt.example>, spy@far.example')
        self.assertIn("bob@bolt.example", ticket.email_cc)
        self.assertIn("spy@far.example", ticket.email_cc)
        answer = self._answer(ticket)
        self.assertEqual(answer.notified_partner_ids, self.alice)
        self._receive('"Bob" <bob@bolt.example>', reply_to=answer, subject="Re: Help")
        self.assertNotIn(self.bob, ticket.message_partner_ids)

    def test_sender_who_floods_is_stopped(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", "3")
        tickets = [self._receive(subject=f"Help {number}") for number in range(5)]
        self.assertEqual([len(ticket) for ticket in tickets], [1, 1, 1, 0, 0])

    def test_answers_come_from_the_address_of_the_team(self):
        ticket = self._receive()
        self.assertIn(self.address, self._answer(ticket).reply_to)

    def test_ticket_number_in_the_subject_finds_the_ticket_of_the_same_customer(self):
        ticket = self._receive()
        self._move(ticket, "waiting_customer")
        self.assertFalse(self._receive('"Adam" <adam@acme.example>', subject=f"My ticket {ticket.number}"))
        self.assertEqual((ticket.category, ticket.message_ids.filtered("body")[0].author_id), ("open", self.adam))

    def test_ticket_number_of_another_customer_opens_a_ticket_of_its_own(self):
        ticket = self._receive()
        for sender in ('"Bob" <bob@bolt.example>', '"Eve" <eve@far.example>', "Undisclosed"):
            with self.subTest(sender=sender):
                other = self._receive(sender, subject=f"Re: {ticket.number}")
                self.assertEqual(len(other), 1)
                self.assertNotEqual(other.commercial_partner_id, self.acme)
        self.assertEqual(len(ticket.message_ids.filtered(lambda message: message.message_type == "email")), 1)

    def test_file_comes_with_the_message(self):
        ticket = self._receive(headers="")
        self.env["ir.attachment"].create(
            {"name": "smoke.txt", "raw": b"smoke", "res_model": "service.ticket", "res_id": ticket.id}
        )
        self.assertEqual(ticket.message_attachment_count, 1)

    def test_sender_gets_one_receipt_with_the_number(self):
        self.team.receipt_template_id = self.env.ref("crm_service_desk.mail_template_receipt")
        ticket = self._receive()
        with self.mock_mail_gateway():
            for _run in "twice":
                ticket.filtered("is_receipt_due")._send_receipts()
        (mail,) = self._new_mails
        self.assertIn(ticket.number, mail.subject)
        self.assertEqual(mail.recipient_ids, self.alice)
        self.assertIn("auto-replied", mail.headers)
        self.assertEqual((ticket.category, ticket.date_first_answer), ("new", False), "a receipt is no answer")

    def test_receipts_to_one_address_end(self):
        self.team.receipt_template_id = self.env.ref("crm_service_desk.mail_template_receipt")
        tickets = self.env["service.ticket"].union(*(self._receive(subject=f"Help {number}") for number in range(7)))
        with self.mock_mail_gateway():
            tickets._send_receipts()
        self.assertEqual(len(self._new_mails), 5)
        self.assertFalse(tickets.filtered("is_receipt_due"))

    def test_automatic_message_gets_no_receipt(self):
        self.team.receipt_template_id = self.env.ref("crm_service_desk.mail_template_receipt")
        self.assertFalse(self._receive(headers="Auto-Submitted: auto-replied\n"))
        self.assertFalse(self.env["service.ticket"].search([("is_receipt_due", "=", True)]))

    def _count_queries(self, message):
        """What one message costs from its arrival until it is stored, as in a run of the mail server's cron."""
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, message)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_new_message_takes_few_queries(self):
        self.team.receipt_template_id = self.env.ref("crm_service_desk.mail_template_receipt")
        self._receive()
        message = self._format_message(subject="Again")
        # Some 20 are Odoo's own, who looks for aliases, senders and loops; eight write the ticket and its event.
        self.assertLessEqual(self._count_queries(message), 30)

    def test_answer_of_a_customer_takes_few_queries(self):
        ticket = self._receive()
        answer = self._answer(ticket)
        self._receive(reply_to=answer)
        message = self._format_message(reply_to=self._answer(ticket), subject="Re: Help")
        # Eight of them send it on to the agent, who follows the ticket; three are ours.
        self.assertLessEqual(self._count_queries(message), 39)

    def test_address_that_bounced_counts_as_good_again_once_it_writes(self):
        lead = self.env["crm.lead"].create({"name": "Old", "email_from": "alice@acme.example"})
        self.alice.message_bounce = lead.message_bounce = 3
        self.bob.message_bounce = 2
        self._receive()
        self.assertEqual((self.alice.message_bounce, lead.message_bounce, self.bob.message_bounce), (0, 0, 2))
