from odoo import Command
from odoo.exceptions import AccessError, UserError

from ...common import FrontofficeCase

TEAM = "crm_frontoffice.group_sale_salesman_team"
SUBTREE = "crm_frontoffice.group_sale_salesman_subtree"
ALL = "sales_team.group_sale_salesman_all_leads"


class TestSalesLevels(FrontofficeCase):
    """Own, own team, teams one leads and all below, everything: the same for deals and what hangs on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.region = cls.env["crm.team"].create({"name": "Region", "company_id": False})
        cls.team.parent_id = cls.region
        cls.foreign = cls.env["crm.team"].create({"name": "Elsewhere", "company_id": False})
        cls.mate = cls._create_user("mate_test", TEAM)
        cls.leader = cls._create_user("leader_test", SUBTREE)
        cls.overseer = cls._create_user("overseer_test", ALL)
        cls.region.user_id = cls.leader
        cls.env["crm.team.member"].create(
            [{"crm_team_id": cls.team.id, "user_id": user.id} for user in (cls.anna, cls.mate)]
        )
        cls.deals = {
            "anna": cls._create_scope_deal(cls.anna, cls.team),
            "boris": cls._create_scope_deal(cls.boris, cls.foreign),
            "nobody": cls._create_scope_deal(cls.env["res.users"], cls.team),
            "nobody elsewhere": cls._create_scope_deal(cls.env["res.users"], cls.foreign),
        }

    @classmethod
    def _create_scope_deal(cls, user, team):
        deal = cls.env["crm.lead"].create({"name": "Scope", "type": "opportunity", "partner_id": cls.customer.id})
        deal.write({"user_id": user.id, "team_id": team.id})
        deal.write(
            {
                "contact_ids": [Command.create({"partner_id": cls.contact.id})],
                "competitor_ids": [Command.create({"partner_id": cls.customer.id})],
            }
        )
        return deal

    def _assert_sees(self, user, *expected):
        deals = self.env["crm.lead"].union(*self.deals.values())
        seen = {name for name, deal in self.deals.items() if deal.with_user(user).has_access("read")}
        self.assertEqual(seen, set(expected))
        visible = self.env["crm.lead"].with_user(user).search([("id", "in", deals.ids)])
        self.assertEqual(visible, self.env["crm.lead"].union(*(self.deals[name] for name in expected)))
        for part in ("contact_ids", "competitor_ids"):
            rows = deals[part]
            self.assertEqual(rows.with_user(user).search([("id", "in", rows.ids)]).lead_id.sudo(), visible.sudo())

    def test_table_of_levels(self):
        unassigned = ("nobody", "nobody elsewhere")
        for user, expected in (
            (self.anna, ("anna", *unassigned)),
            (self.boris, ("boris", *unassigned)),
            (self.mate, ("anna", *unassigned)),
            (self.leader, ("anna", *unassigned)),
            (self.overseer, ("anna", "boris", *unassigned)),
            (self.maria, ("anna", "boris", *unassigned)),
        ):
            with self.subTest(user=user.login):
                self._assert_sees(user, *expected)

    def test_unassigned_deals_may_be_for_their_team_only(self):
        self.company.is_unassigned_visible = False
        for user, expected in (
            (self.anna, ("anna",)),
            (self.mate, ("anna", "nobody")),
            (self.leader, ("anna", "nobody")),
            (self.maria, ("anna", "boris", "nobody", "nobody elsewhere")),
        ):
            with self.subTest(user=user.login):
                self._assert_sees(user, *expected)

    def test_orders_lines_events_and_reports_follow_the_same_levels(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.boris.id,
                "team_id": self.team.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        self.env.flush_all()
        records = {
            "order": order,
            "line": order.order_line,
            "report": self.env["sale.report"].search([("order_reference", "=", f"sale.order,{order.id}")]),
            "event": self.env["crm.event"].search([("res_model", "=", "sale.order"), ("res_id", "=", order.id)]),
        }
        for name, record in records.items():
            with self.subTest(model=name):
                self.assertTrue(record)
                for user, sees in ((self.anna, False), (self.mate, True), (self.leader, True), (self.boris, True)):
                    found = record.with_user(user).search([("id", "in", record.ids)])
                    self.assertEqual(bool(found), sees, user.login)

    def test_activity_analysis_follows_the_same_levels(self):
        done = self.deals["anna"].activity_schedule("mail.mail_activity_data_call", user_id=self.anna.id)
        done.action_feedback("Done")
        self.env.flush_all()
        found = {
            user.login: bool(
                self.env["crm.activity.report"].with_user(user).search_count([("lead_id", "=", self.deals["anna"].id)])
            )
            for user in (self.anna, self.mate, self.leader, self.boris)
        }
        self.assertEqual(found, {"anna_test": True, "mate_test": True, "leader_test": True, "boris_test": False})

    def test_colleague_of_a_team_may_work_on_its_deals_but_not_on_others(self):
        self.deals["anna"].with_user(self.mate).priority = "2"
        with self.assertRaises(AccessError):
            self.deals["boris"].with_user(self.mate).priority = "2"
        with self.assertRaises(AccessError):
            self.deals["boris"].contact_ids.with_user(self.mate).note = "x"

    def test_change_of_teams_is_effective_at_once(self):
        deal = self.deals["boris"].with_user(self.mate)
        self.assertFalse(deal.has_access("read"))
        member = self.env["crm.team.member"].create({"crm_team_id": self.foreign.id, "user_id": self.mate.id})
        self.assertTrue(deal.has_access("read"))
        member.action_archive()
        self.assertFalse(deal.has_access("read"))
        self.foreign.parent_id = self.region
        self.assertTrue(self.deals["boris"].with_user(self.leader).has_access("read"))

    def test_team_is_not_part_of_itself(self):
        with self.assertRaises(UserError):
            self.region.parent_id = self.team

    def test_all_levels_stand_between_odoos_own(self):
        self.assertTrue(self.overseer.has_group(SUBTREE))
        self.assertTrue(self.leader.has_group(TEAM))
        self.assertTrue(self.mate.has_group("sales_team.group_sale_salesman"))
        self.assertFalse(self.leader.has_group(ALL))
        self.assertFalse(self.anna.has_group(TEAM))
