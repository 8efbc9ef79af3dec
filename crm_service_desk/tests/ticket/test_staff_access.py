from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..common import DeskCase

MODELS = (
    "service.ticket",
    "service.team",
    "service.stage",
    "service.sla.policy",
    "service.sla.target",
    "service.sla.status",
    "service.sla.level",
    "service.sla.alert",
    "service.tier",
    "service.category",
    "service.ticket.type",
    "service.ticket.link",
    "service.ticket.phase",
    "service.tag",
    "service.complaint.cause",
    "service.skill",
    "service.agent",
    "service.macro",
    "service.form.entry",
)


@tagged("post_install", "-at_install")
class TestStaffAccess(DeskCase):
    """Agents work on the tickets of their teams, leaders on all, sales reads its customers'; only managers set up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "clerk", "base.group_user")
        cls.seller = new_test_user(cls.env, "seller", "sales_team.group_sale_manager")

    def test_table_of_rights(self):
        table = {
            # model: read, write, create, unlink by role
            "service.ticket": {"clerk": "", "seller": "r", "sven": "rwc", "lena": "rwc", "max": "rwcu"},
            "service.team": {"clerk": "", "seller": "r", "sven": "r", "lena": "rw", "max": "rwcu"},
            "service.stage": {"clerk": "", "seller": "r", "sven": "r", "lena": "r", "max": "rwcu"},
            "service.sla.policy": {"clerk": "", "seller": "", "sven": "r", "lena": "r", "max": "rwcu"},
            "service.sla.target": {"clerk": "", "seller": "", "sven": "r", "lena": "r", "max": "rwcu"},
            "service.sla.level": {"clerk": "", "seller": "", "sven": "r", "lena": "r", "max": "rwcu"},
            "service.sla.alert": {"clerk": "", "seller": "", "sven": "r", "lena": "r", "max": "r"},
            "service.tier": {"clerk": "", "seller": "r", "sven": "r", "lena": "r", "max": "rwcu"},
            "service.category": {"clerk": "", "seller": "r", "sven": "r", "lena": "r", "max": "rwcu"},
            "service.ticket.link": {"clerk": "", "seller": "", "sven": "rwcu", "lena": "rwcu", "max": "rwcu"},
            "service.ticket.phase": {"clerk": "", "seller": "", "sven": "r", "lena": "r", "max": "r"},
            "service.agent": {"clerk": "", "seller": "", "sven": "r", "lena": "rwcu", "max": "rwcu"},
            "service.macro": {"clerk": "", "seller": "", "sven": "r", "lena": "rwcu", "max": "rwcu"},
            "service.article": {"clerk": "", "seller": "", "sven": "rwc", "lena": "rwcu", "max": "rwcu"},
            "service.sla.status": {"clerk": "", "seller": "r", "sven": "r", "lena": "r", "max": "r"},
        }
        operations = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
        for model, rights in table.items():
            for name, expected in rights.items():
                Model = self.env[model].with_user(getattr(self, name))
                actual = "".join(letter for letter, operation in operations.items() if Model.has_access(operation))
                with self.subTest(model=model, user=name):
                    self.assertEqual(actual, expected)

    def test_agent_sees_own_teams_no_team_and_own_tickets(self):
        tickets = {
            "own team": self._create_ticket(),
            "no team": self._create_ticket(team_id=False),
            "own, other team": self._create_ticket(team_id=self.other_team.id, user_id=self.sven.id),
            "other team": self._create_ticket(team_id=self.other_team.id),
        }
        visible = {
            self.sven: {"own team", "no team", "own, other team"},
            self.olga: {"no team", "own, other team", "other team"},
            self.lena: set(tickets),
            self.max: set(tickets),
        }
        for user, expected in visible.items():
            for model, field in (("service.ticket", "id"), ("service.sla.status", "ticket_id")):
                domain = [(field, "in", [ticket.id for ticket in tickets.values()])]
                found = self.env[model].with_user(user).search(domain)
                ids = set(found.ids if field == "id" else found.ticket_id.ids)
                with self.subTest(user=user.name, model=model):
                    self.assertEqual({name for name, ticket in tickets.items() if ticket.id in ids}, expected)

    def test_salesperson_reads_the_tickets_of_his_customers(self):
        anna = new_test_user(self.env, "anna_sales", "sales_team.group_sale_salesman")
        self.acme.user_id, self.bolt.user_id = anna, self.seller
        mine, other = self._create_ticket(), self._create_ticket(partner_id=self.bob.id)
        self.assertEqual(self.env["service.ticket"].with_user(anna).search([("id", "in", (mine + other).ids)]), mine)
        self.assertEqual(mine.sla_status_ids.with_user(anna)._filtered_access("read"), mine.sla_status_ids)
        self.assertFalse(other.sla_status_ids.with_user(anna)._filtered_access("read"))
        with self.assertRaises(AccessError):
            mine.with_user(anna).action_solve()

    def test_salesperson_opens_the_whole_form(self):
        anna = new_test_user(self.env, "anna_form", "sales_team.group_sale_salesman")
        ticket = self._create_ticket(tag_ids=self.env["service.tag"].create({"name": "Blue"}).ids)
        ticket.link_ids = [fields.Command.create({"other_id": self._create_ticket().id})]
        form = Form(ticket.with_user(anna))
        self.assertEqual(form.name, ticket.name)
        self.assertNotIn("link_ids", form._view["fields"])

    def test_other_company_is_out_of_sight(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        team = self.env["service.team"].create({"name": "There", "company_id": company.id})
        policy = self.policy.copy({"company_id": company.id})
        ticket = self._create_ticket(team_id=team.id, company_id=company.id)
        self.assertTrue(ticket.sla_status_ids)
        for records in (ticket, team, policy, policy.target_ids, ticket.sla_status_ids):
            for user in (self.sven, self.max):
                with self.subTest(model=records._name, user=user.name):
                    self.assertFalse(records.with_user(user).has_access("read"))

    def test_manager_sets_up_a_team(self):
        team = self.env["service.team"].with_user(self.max).create({"name": "New", "alias_name": "new-team"})
        self.assertEqual(team.sudo().alias_id.alias_model_id.model, "service.ticket")
        self.assertIn(str(team.id), team.alias_defaults)
        team.with_user(self.lena).member_ids = self.olga
        team.unlink()

    def test_agent_hands_a_ticket_over(self):
        ticket = self._create_ticket().with_user(self.sven)
        ticket.team_id = self.other_team
        self.assertFalse(ticket.has_access("read"))

    def test_agent_cannot_grab_a_ticket_by_writing(self):
        ticket = self._create_ticket(team_id=self.other_team.id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.sven).action_assign_to_me()
        with self.assertRaises(AccessError):
            ticket.sla_status_ids.with_user(self.max).write({"state": "met"})
