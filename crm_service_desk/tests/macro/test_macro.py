from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..common import DeskCase


@tagged("post_install", "-at_install")
class TestMacro(DeskCase):
    """A macro shows what it will do, does it to each ticket by itself, and leaves a trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["service.tag"].create({"name": "Serial number"})
        cls.macro = cls.env["service.macro"].create(
            {
                "name": "Ask for the number",
                "answer": "<p>Hello {customer}, which number has the device of {number}? {agent}</p>",
                "note": "<p>Asked {customer}</p>",
                "category": "waiting_customer",
                "priority": "2",
                "assignee": "me",
                "tag_ids": [fields.Command.link(cls.tag.id)],
            }
        )

    def _use(self, tickets):
        wizard = Form(self.env["service.macro.run"].with_user(self.sven).with_context(active_ids=tickets.ids))
        wizard.macro_id = self.macro
        return wizard.save()

    def test_preview_is_what_the_customer_reads(self):
        ticket = self._create_ticket()
        before = ticket.message_ids
        wizard = self._use(ticket)
        self.assertIn(f"Hello Alice, which number has the device of {ticket.number}? Sven Agent", wizard.preview)
        self.assertIn("Waiting for Customer", wizard.changes)
        self.assertEqual((ticket.category, ticket.message_ids), ("new", before), "nothing happened yet")

    def test_each_customer_is_answered_by_his_name(self):
        tickets = self._create_ticket() + self._create_ticket(partner_id=self.bob.id)
        self._use(tickets).action_apply()
        for ticket, name in zip(tickets, ("Alice", "Bob"), strict=True):
            answers = ticket.message_ids.filtered(lambda message: message.notified_partner_ids)
            self.assertIn(f"Hello {name},", answers.body)
            self.assertIn("Macro: Ask for the number", "".join(ticket.message_ids.mapped("body")))
        self.assertRecordValues(
            tickets,
            [{"category": "waiting_customer", "priority": "2", "user_id": self.sven.id, "tag_ids": self.tag.ids}] * 2,
        )
        self.assertTrue(all(tickets.mapped("date_first_answer")))
        self.assertEqual(self.macro.use_count, 2)

    def test_name_of_a_customer_is_text_and_never_markup(self):
        self.alice.name = "<b>Alice</b>"
        self.assertIn("&lt;b&gt;Alice", self._use(self._create_ticket()).preview)

    def test_answer_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.macro.with_context(lang="ru_RU").answer = "<p>Здравствуйте, {customer}</p>"
        self.alice.lang = "ru_RU"
        self.assertIn("Здравствуйте, Alice", self._use(self._create_ticket()).preview)

    def test_unknown_placeholder_is_refused(self):
        for text in ("{password}", "{ticket.env}", "{customer", "{customer.user_ids}"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.macro.answer = text

    def test_macro_does_not_reach_tickets_of_other_teams(self):
        foreign = self._create_ticket(team_id=self.other_team.id)
        with self.assertRaises(AccessError):
            self.macro.with_user(self.sven)._apply(foreign.with_user(self.sven))
        self.assertEqual(foreign.category, "new")

    def test_macro_of_another_team_is_not_offered(self):
        self.macro.team_ids = self.other_team
        wizard = self.env["service.macro.run"].with_context(active_ids=self._create_ticket().ids).new({})
        self.assertEqual(wizard.team_ids.ids, self.team.ids)
