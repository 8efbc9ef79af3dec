from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tools.discuss import Store

from ..common import DeskFixtures


@tagged("post_install", "-at_install")
class TestCannedAnswers(DeskFixtures, HttpCase):
    """A canned answer names the customer and his ticket before the agent sends it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        cls.ticket = cls._create_ticket()

    def _read_thread(self, user):
        store = Store()
        store.add(self.ticket.with_user(user), request_list=["contact_fields"], as_thread=True)
        (thread,) = (row for row in store.get_result()["mail.thread"] if row["id"] == self.ticket.id)
        return thread

    def test_chatter_of_an_agent_knows_the_words_of_the_ticket(self):
        words = self._read_thread(self.sven)["servicePlaceholders"]
        self.assertEqual((words["customer"], words["number"]), ("Alice", self.ticket.number))
        self.assertEqual(words["agent"], "Sven Agent")

    def test_customer_gets_none_of_it(self):
        self.assertNotIn("servicePlaceholders", self._read_thread(self._create_portal_user(self.alice)))

    def test_agent_inserts_an_answer_with_the_name_of_the_customer(self):
        self.alice.name = "Alice <b>Alert</b>"
        self.env["mail.canned.response"].create(
            {
                "source": "received",
                "substitution": "Dear {customer}, {number} is in hand. {nonsense}",
                "group_ids": self.env.ref("base.group_user").ids,
            }
        )
        self.start_tour(f"/odoo/tickets/{self.ticket.id}", "service_desk_canned_answer", login="sven_agent")
        self.env.invalidate_all()
        sent = "".join(self.ticket.message_ids.mapped("body"))
        self.assertIn(f"Dear Alice &lt;b&gt;Alert&lt;/b&gt;, {self.ticket.number} is in hand. {{nonsense}}", sent)
