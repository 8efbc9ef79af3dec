from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import DuplicateCase

TWIN = {"name": "Karenina Anna", "phone": "8 (926) 123 45 67"}


@tagged("post_install", "-at_install")
class TestWaysIn(DuplicateCase):
    """A rule warns, queues or blocks on every way in; what comes by mail or from the portal is never lost."""

    def _create(self, user=None, **values):
        return self.env["res.partner"].with_user(user or self.maria).create({**TWIN, **values})

    def test_form_warns_while_somebody_types_and_saves_all_the_same(self):
        form = Form(self.env["res.partner"].with_user(self.maria))
        form.name = TWIN["name"]
        self.assertFalse(form.duplicate_partner_ids)
        form.phone = TWIN["phone"]
        self.assertEqual(form.duplicate_partner_ids.ids, self.karenina.ids)
        self.assertTrue(form.save().id)

    def test_rule_that_only_queues_does_not_warn(self):
        self.rules.search([]).action = "queue"
        with Form(self.env["res.partner"].with_user(self.maria)) as form:
            form.name, form.phone = TWIN["name"], TWIN["phone"]
            self.assertFalse(form.duplicate_partner_ids)
        self._search_all()
        self.assertEqual(self._pairs(self.karenina), form.record)

    def test_blocking_rule_names_the_customer_who_is_there(self):
        self._block()
        with self.assertRaisesRegex(
            ValidationError, r"Karenina Anna is there already: Анна Каренина \(%s\)" % self.karenina.id
        ):
            self._create()

    def test_customer_that_the_user_may_not_see_is_not_named(self):
        self._block()
        self.karenina.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(ValidationError) as refused:
            self._create()
        self.assertIn("a customer that you may not see", str(refused.exception))
        self.assertNotIn("Анна", str(refused.exception))
        self.assertNotIn(str(self.karenina.id), str(refused.exception))

    def test_quick_creation_is_checked_too(self):
        self._block(threshold=50)
        with self.assertRaises(ValidationError):
            self.env["res.partner"].with_user(self.maria).name_create("Karenina Anna")

    def test_administrator_saves_anyway_and_a_salesperson_does_not(self):
        self._block()
        creator = new_test_user(self.env, "creator", "sales_team.group_sale_salesman,base.group_partner_manager")
        self.assertTrue(self._create(is_duplicate_allowed=True).id)
        with self.assertRaises(Exception) as refused:
            self._create(user=creator, is_duplicate_allowed=True)
        self.assertIn("there already", str(refused.exception))

    def test_change_that_makes_a_twin_is_blocked_and_other_changes_are_not(self):
        self._block()
        other = self._create(phone="+7 903 000-00-01")
        other.street = "Somewhere 1"
        with self.assertRaises(ValidationError):
            other.phone = TWIN["phone"]

    def test_known_pair_can_be_worked_on(self):
        twin = self._create()
        self._search_all()
        self._block()
        twin.with_user(self.maria).street = "Somewhere 1"

    def test_import_refuses_the_row_and_says_which(self):
        self._block()
        result = (
            self.env["res.partner"]
            .with_user(self.maria)
            .load(["name", "phone"], [["Levin Konstantin", "+7 903 111-22-33"], list(TWIN.values())])
        )
        self.assertFalse(result["ids"])
        self.assertEqual(result["messages"][-1]["record"], 1)
        self.assertIn("Karenina Anna is there already", result["messages"][-1]["message"])

    def test_gateway_refuses_the_row_and_takes_the_others(self):
        self._block()
        rows = [
            {"external_id": "1", **TWIN},
            {"external_id": "2", "name": "Levin Konstantin", "phone": "+7 903 111-22-33"},
        ]
        answers = self.env["crm.gateway"].with_user(self.maria).upsert_customers("webshop", rows)
        self.assertEqual([answer["state"] for answer in answers], ["error", "created"])
        self.assertIn("is there already", answers[0]["errors"][0]["reason"])

    def test_mail_of_a_stranger_who_looks_like_a_customer_is_taken_in_and_queued(self):
        self._block(threshold=20)
        self.env["mail.alias"].create({"alias_name": "dup", "alias_model_id": self.env["ir.model"]._get_id("crm.lead")})
        source = "\n".join(
            [
                "From: Анна Каренина <anna.karenina@other.example>",
                f"To: dup@{self.env.company.alias_domain_id.name or 'example.com'}",
                "Message-ID: <1@other.example>",
                "Subject: Chairs",
                "",
                "Ten chairs please",
            ]
        )
        self.env.company.alias_domain_id = self.env.company.alias_domain_id or self.env["mail.alias.domain"].create(
            {"name": "example.com"}
        )
        lead_id = self.env["mail.thread"].message_process("crm.lead", source)
        sender = (
            self.env["crm.lead"]
            .browse(lead_id)
            ._partner_find_from_emails_single(["anna.karenina@other.example"], additional_values={})
        )
        self.assertTrue(lead_id and sender)

    def test_sender_whom_an_employee_answers_becomes_a_contact(self):
        self._block(threshold=20)
        partner = self.env["res.partner"].with_user(self.maria).find_or_create("Anna Karenina <a.k@other.example>")
        self.assertTrue(partner.id)

    def test_portal_customer_keeps_his_address_up_to_date(self):
        self._block(threshold=20)
        portal = new_test_user(self.env, "portal_twin", "base.group_portal", name="Karenina Anna")
        # sudo: as the portal's controller does
        portal.partner_id.with_user(portal).sudo().write(
            {"phone": TWIN["phone"], "street": "Ленина 5", "zip": "101000"}
        )
        self._search_all()
        self.assertIn(portal.partner_id, self._pairs(self.karenina))

    def test_sign_up_is_never_refused(self):
        self._block(threshold=20)
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        login = (
            self.env["res.users"]
            .sudo()
            .signup({"name": "Анна Каренина", "login": "anna.karenina@home.example", "password": "a long password"})
        )
        self.assertTrue(login)
