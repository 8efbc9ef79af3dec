from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
class TestAccess(FrontofficeCase):
    """Nobody learns from the event log, the rules or the gates what he may not read elsewhere."""

    def test_contact_is_read_whole_by_whoever_may_read_it(self):
        """Odoo leaves out fields for others: one that is offered and cannot be read breaks every call for all."""
        employee = new_test_user(self.env, login="employee_whole", groups="base.group_user")
        portal = new_test_user(self.env, login="portal_whole", groups="base.group_portal")
        for user in (employee, portal, self.anna, self.maria):
            partner = user.partner_id.with_user(user)
            names = [
                name
                for name, field in partner._fields.items()
                if {"crm_frontoffice", "crm_service_desk", "crm_analytics"} & set(field._modules)
                and partner._has_field_access(field, "read")
            ]
            for name in names:
                with self.subTest(user=user.login, field=name):
                    partner.read([name])

    def test_manager_without_the_right_learns_no_birthdays_by_a_rule(self):
        rule = {"name": "x", "type_id": self.env.ref("crm_frontoffice.event_type_birthday").id}
        with self.assertRaisesRegex(ValidationError, "Personal facts"):
            self.env["crm.event.rule"].with_user(self.maria).create(rule)
        self.maria.group_ids += self.env.ref("crm_frontoffice.group_personal_data")
        self.assertTrue(self.env["crm.event.rule"].with_user(self.maria).create(rule))

    def test_portal_user_does_not_read_the_history_with_himself(self):
        portal = new_test_user(self.env, login="portal_self", groups="base.group_portal")
        portal.partner_id.parent_id = self.customer
        with self.assertRaisesRegex(AccessError, "for employees"):
            portal.partner_id.with_user(portal).get_customer_timeline()

    def test_employee_without_a_role_sees_only_what_he_may_open(self):
        employee = new_test_user(self.env, login="employee", groups="base.group_user")
        self._create_deal()
        self._create_invoice()
        self.assertFalse(self.customer.with_user(employee).get_customer_timeline()["events"])
        for model in ("crm.event", "crm.event.rule", "crm.event.firing", "crm.external.ref"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(employee).search([])

    def test_colleague_does_not_read_events_of_others_in_the_log(self):
        self._create_deal(user_id=self.boris.id)
        self.assertFalse(self.env["crm.event"].with_user(self.anna).search([]))
        gateway = self.env["crm.gateway"].with_user(self.anna)
        self.assertFalse(gateway.customer_card({"id": self.customer.id})["deals"])
        self.assertFalse(gateway.customer_card({"id": self.customer.id})["events"])

    def test_amounts_of_suppliers_bills_are_not_for_sales(self):
        bill = self._create_invoice(post=False, move_type="in_invoice", invoice_user_id=False)
        bill.action_post()
        self.assertEqual(self._codes(record=bill), ["bill_posted"])
        director = self._create_user("director_test", "sales_team.group_sale_manager")
        for user in (self.anna, self.boris, director):
            with self.subTest(user=user.login):
                self.assertFalse(self.env["crm.event"].with_user(user).search([("res_id", "=", bill.id)]))
                self.assertFalse(self.customer.with_user(user).get_customer_timeline(kinds=["invoice"])["events"])

    def test_interaction_belongs_to_the_company_of_its_customer(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env, login="stranger_all", groups="sales_team.group_sale_salesman_all_leads",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        gateway = self.env["crm.gateway"].with_user(self.maria)
        answer = gateway.upsert_customers("shop", [{"external_id": "c", "name": "Secret customer"}])
        self.env["res.partner"].browse(answer[0]["id"]).company_id = self.company
        row = {"external_id": "i", "customer_external_id": "c", "kind": "call", "date": "2026-01-05 10:00:00"}
        self.assertEqual(gateway.log_interactions("shop", [row])[0]["state"], "created")
        self.assertFalse(self.env["crm.event"].with_user(stranger).search([("type_id.code", "=", "call_out")]))

    def test_references_of_other_systems_do_not_lead_to_unreadable_records(self):
        self.env["crm.gateway"].with_user(self.maria).upsert_deals(
            "shop", [{"external_id": "d", "name": "Of Boris", "salesperson": "boris_test"}]
        )
        gateway = self.env["crm.gateway"].with_user(self.anna)
        gateway.upsert_customers("shop", [{"external_id": "c", "name": "Acme"}])
        row = {
            "external_id": "i", "customer_external_id": "c", "deal_external_id": "d", "kind": "call",
            "date": "2026-01-05 10:00:00",
        }  # fmt: skip
        self.assertEqual(gateway.log_interactions("shop", [row])[0]["errors"][0]["field"], "deal_external_id")
        with self.assertRaises(AccessError):
            self.env["crm.external.ref"].with_user(self.anna).search([])

    def test_customer_with_a_login_cannot_be_made_a_salesperson(self):
        new_test_user(self.env, login="portal_seller", groups="base.group_portal")
        answer = (
            self.env["crm.gateway"]
            .with_user(self.maria)
            .upsert_deals("shop", [{"external_id": "d", "name": "D", "salesperson": "portal_seller"}])
        )
        self.assertEqual(answer[0]["errors"][0]["field"], "salesperson")
        self.assertNotIn("portal_seller", answer[0]["errors"][0]["hint"])

    def test_conditions_cannot_ask_for_secrets(self):
        """The system evaluates a condition: whether it holds must not tell what its author may not read."""
        dotted, nested = (
            [("user_id.totp_secret", "=like", "A%")],
            [("user_id", "any", [("totp_secret", "=like", "A%")])],
        )
        gate = {"stage_id": self.env["crm.stage"].search([], limit=1).id, "kind": "domain", "message": "x"}
        rule = {"name": "x", "type_id": self.env.ref("crm_frontoffice.event_type_deal_won").id}
        for condition in (str(dotted), str(nested)):
            with self.subTest(condition=condition), self.assertRaises(AccessError):
                self.env["crm.stage.gate"].with_user(self.maria).create({**gate, "domain": condition})
            with self.subTest(condition=condition), self.assertRaises(AccessError):
                self.env["crm.event.rule"].with_user(self.maria).create({**rule, "partner_domain": condition})

    def test_salesperson_neither_sets_up_nor_repeats_rules(self):
        rule = self.env["crm.event.rule"].with_context(active_test=False).search([], limit=1)
        gate = {"stage_id": self.env["crm.stage"].search([], limit=1).id, "kind": "domain", "message": "x"}
        for call in (
            lambda: rule.with_user(self.anna).write({"active": True}),
            lambda: rule.with_user(self.anna).action_open_firings(),
            lambda: self.env["crm.event.firing"].with_user(self.anna).action_retry(),
            lambda: self.env["crm.stage.gate"].with_user(self.anna).create(gate),
            lambda: self.env["crm.event.type"].with_user(self.anna).create({"name": "x", "code": "x"}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_manager_of_another_company_does_not_read_the_firings(self):
        rule = self.env["crm.event.rule"].create(
            {
                "name": "Won",
                "type_id": self.env.ref("crm_frontoffice.event_type_deal_won").id,
                "action_ids": [(0, 0, {"kind": "activity", "summary": "Say thanks"})],
            }
        )
        self._create_deal(company_id=self.company.id).action_set_won()
        self.assertTrue(rule.with_user(self.maria).firing_ids)
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env, login="stranger_manager", groups="sales_team.group_sale_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["crm.event.firing"].with_user(stranger).search([("rule_id", "=", rule.id)]))
