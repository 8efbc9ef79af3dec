from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import DeskCase
from .test_staff_access import MODELS


@tagged("post_install", "-at_install")
class TestPortalAccess(DeskCase):
    """A customer reads his tickets, or those of his company if his contact says so; nothing else, on no way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alice_user = cls._create_portal_user(cls.alice)
        cls.adam_user = cls._create_portal_user(cls.adam)
        cls.bob_user = cls._create_portal_user(cls.bob)
        cls.tickets = {
            "alice": cls._create_ticket(),
            "adam": cls._create_ticket(partner_id=cls.adam.id),
            "acme": cls._create_ticket(partner_id=cls.acme.id),
            "bob": cls._create_ticket(partner_id=cls.bob.id),
            "nobody": cls._create_ticket(partner_id=False),
        }

    def _visible(self, user):
        ids = [ticket.id for ticket in self.tickets.values()]
        found = self.env["service.ticket"].with_user(user).search([("id", "in", ids)])
        return {name for name, ticket in self.tickets.items() if ticket in found.sudo()}

    def test_access_is_what_the_contact_says(self):
        for access, expected in (
            ("own", {"alice"}),
            ("company", {"alice", "adam", "acme"}),
            ("none", set()),
            ("own", {"alice"}),
        ):
            self.alice.portal_ticket_access = access
            with self.subTest(access=access):
                self.assertEqual(self._visible(self.alice_user), expected)
        self.assertEqual(self._visible(self.bob_user), {"bob"})

    def test_changing_the_company_changes_the_access(self):
        self.alice.portal_ticket_access = "company"
        self.assertIn("adam", self._visible(self.alice_user))
        self.alice.parent_id = self.bolt
        self.assertEqual(self._visible(self.alice_user), {"alice", "bob"})

    def test_following_opens_nothing(self):
        self.tickets["bob"].message_subscribe(self.alice.ids)
        self.tickets["adam"].message_subscribe(self.alice.ids)
        self.assertEqual(self._visible(self.alice_user), {"alice"})

    def test_table_of_rights(self):
        for model in MODELS:
            for operation in ("read", "write", "create", "unlink"):
                Model = self.env[model].with_user(self.alice_user)
                with self.subTest(model=model, operation=operation):
                    self.assertEqual(Model.has_access(operation), (model, operation) == ("service.ticket", "read"))

    def test_inner_life_of_a_ticket_is_hidden(self):
        ticket = self.tickets["alice"].with_user(self.alice_user)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.name, "The printer smokes")
        for field in ("sla_status_ids", "sla_state", "date_deadline", "res_id", "message_partner_ids", "email_cc"):
            with self.subTest(field=field), self.assertRaises(AccessError):
                ticket.read([field])

    def test_customer_cannot_choose_his_access(self):
        partner = self.alice.with_user(self.alice_user)
        with self.assertRaises(AccessError):
            partner.write({"portal_ticket_access": "company"})
        with self.assertRaises(AccessError):
            partner.read(["portal_ticket_access"])

    def test_methods_do_not_lead_around_the_rules(self):
        ticket = self.tickets["bob"].with_user(self.alice_user)
        for method in ("action_solve", "action_reopen", "action_assign_to_me", "action_open_source"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(ticket, method)()
        own = self.tickets["alice"].with_user(self.alice_user)
        with self.assertRaises(AccessError):
            own.action_solve()
        with self.assertRaises(AccessError):
            self._answer(self.tickets["bob"], self.alice_user)

    def test_messages_of_others_and_notes_are_hidden(self):
        self._answer(self.tickets["bob"], self.max)
        note = self._note(self.tickets["alice"])
        Message = self.env["mail.message"].with_user(self.alice_user)
        self.assertFalse(Message.search([("model", "=", "service.ticket"), ("res_id", "=", self.tickets["bob"].id)]))
        self.assertFalse(note.with_user(self.alice_user).has_access("read"))
