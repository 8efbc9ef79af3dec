from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, users
from odoo.tools import mute_logger

from ...common import FrontofficeCase


class TestPartnerRoles(FrontofficeCase):
    """The ERP knows who buys and who sells to us; people say who is a partner or a competitor."""

    def _roles(self, partner=None):
        roles = self.env["crm.partner.role"].search([("partner_id", "=", (partner or self.customer).id)], order="id")
        return [(role.role, str(role.date_from), str(role.date_to or "")) for role in roles]

    def test_first_deal_makes_a_prospect_and_first_order_a_customer(self):
        with freeze_time("2026-03-02 10:00"):
            self._create_deal(partner_id=self.contact.id)
        self.assertEqual(self._roles(), [("prospect", "2026-03-02", "")])
        with freeze_time("2026-04-10 10:00"):
            self._confirm_order()
        self.assertEqual(self._roles(), [("prospect", "2026-03-02", "2026-04-10"), ("customer", "2026-04-10", "")])
        with freeze_time("2026-05-05 10:00"):
            self._create_deal()
        self.assertEqual(len(self._roles()), 2, "A customer with a new deal is no prospect again")

    def test_role_ended_by_hand_opens_again_with_the_next_order(self):
        with freeze_time("2026-03-02 10:00"):
            self._confirm_order()
        role = self.customer.role_ids
        role.with_user(self.maria).write({"date_to": "2026-04-01"})
        self.assertEqual(role.origin, "manual")
        self.env["crm.partner.role"]._cron_learn()
        self.assertEqual(self._roles(), [("customer", "2026-03-02", "2026-04-01")], "The past does not open it again")
        with freeze_time("2026-06-07 10:00"):
            self._confirm_order()
        self.assertEqual(self._roles()[1:], [("customer", "2026-06-07", "")])

    def test_prospect_whose_deals_are_lost_is_none_any_more(self):
        with freeze_time("2026-03-02 10:00"):
            deal = self._create_deal()
        with freeze_time("2026-03-20 10:00"):
            deal.action_set_lost()
            self.env["crm.partner.role"]._cron_learn()
        self.assertEqual(self._roles(), [("prospect", "2026-03-02", "2026-03-19")])
        with freeze_time("2026-03-20 15:00"):
            self._create_deal()
        self.assertEqual(self._roles()[1:], [("prospect", "2026-03-20", "")], "On the same day as well")

    def test_log_with_a_past_gives_the_same_roles_as_the_days_themselves(self):
        with freeze_time("2026-03-02 10:00"):
            self._create_deal()
        with freeze_time("2026-04-10 10:00"):
            self._confirm_order()
        as_it_happened = self._roles()
        self.customer.role_ids.unlink()
        self.env["crm.partner.role"]._cron_learn()
        learned = sorted(self._roles())
        self.assertEqual(learned, sorted(as_it_happened))
        self.env["crm.partner.role"]._cron_learn()
        self.assertEqual(sorted(self._roles()), learned, "A second run changes nothing")

    def test_one_partner_is_several_things_at_once(self):
        with freeze_time("2026-03-02"):
            self.customer.with_user(self.maria).write(
                {
                    "role_ids": [
                        Command.create({"role": "competitor", "date_from": "2025-01-01"}),
                        Command.create({"role": "partner", "date_from": "2024-01-01", "date_to": "2024-12-31"}),
                        Command.create({"role": "supplier"}),
                    ]
                }
            )
            self.assertEqual(self.customer.role_summary, "Competitor since Jan 2025 · Supplier")
            self.assertEqual(self.contact.role_summary, self.customer.role_summary, "A contact shows his company's")
            found = self.env["res.partner"].search(
                [("role_ids", "any", [("role", "=", "partner"), ("is_current", "=", True)])]
            )
            self.assertNotIn(self.customer, found)

    def test_periods_of_one_role_do_not_overlap(self):
        role = {"partner_id": self.customer.id, "role": "partner"}
        self.env["crm.partner.role"].create({**role, "date_from": "2024-01-01", "date_to": "2024-12-31"})
        with self.assertRaises(ValidationError) as refusal:
            self.env["crm.partner.role"].create({**role, "date_from": "2024-06-01", "date_to": "2025-06-01"})
        self.assertIn("Acme Works", str(refusal.exception))
        self.env["crm.partner.role"].create({**role, "date_from": "2025-01-01"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["crm.partner.role"].create(role)

    def test_learning_costs_the_same_for_one_and_for_many(self):
        partners = self.env["res.partner"].create([{"name": f"Firm {n}", "is_company": True} for n in range(40)])
        rows = [{"code": "order_confirmed", "partner_id": partner.id} for partner in partners]
        self.env["crm.event"]._append(rows[:1])
        with self.assertQueryCount(7):
            self.env["crm.event"]._append(rows[1:2])
        with self.assertQueryCount(7):
            self.env["crm.event"]._append(rows[2:])
        self.assertEqual(len(partners.role_ids), 40)

    @users("anna_test")
    def test_salesperson_names_a_competitor(self):
        customer = self.customer.with_env(self.env)
        customer.role_ids = [Command.create({"role": "competitor"})]
        self.assertEqual(customer.role_ids.origin, "manual")

    def _confirm_order(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.product.id})]}
        )
        order.action_confirm()
        return order
