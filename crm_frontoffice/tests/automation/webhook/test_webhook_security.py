from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_frontoffice.models.automation.webhook.webhook_sender import MOST_BYTES, Sender

from .common import WebhookCase


@tagged("post_install", "-at_install")
class TestWebhookSecurity(WebhookCase):
    """A webhook tells a receiver of the manager's choice what the manager may know, and reaches nothing else."""

    def test_address_of_a_private_network_is_refused_before_anything_is_sent(self):
        self.env["ir.config_parameter"].set_param("crm_frontoffice.webhook_allow_private", False)
        for host in ("127.0.0.1", "localhost"):
            self.webhook.url = f"http://{host}:{self.sink.server_port}/"
            self._visit()
            self._send()
            self.assertIn("private network", self._deliveries()[0].error)
            self._deliveries().unlink()
        self.assertFalse(self.sink.requests)

    def test_manager_cannot_allow_private_networks(self):
        with self.assertRaises(AccessError):
            self.env["ir.config_parameter"].with_user(self.maria).set_param(
                "crm_frontoffice.webhook_allow_private", "True"
            )

    def test_redirect_is_not_followed(self):
        self.sink.answers = [lambda handler: handler.answer(302, Location=self.sink.url + "/elsewhere")]
        self._visit()
        self._send()
        self.assertEqual(len(self.sink.requests), 1)
        self.assertEqual(self._deliveries().state, "failed")
        self.assertIn("redirects are not followed", self._deliveries().error)

    def test_endless_answer_is_not_read_to_its_end(self):
        self.sink.answers = [lambda handler: handler.answer(500, b"x" * 10_000_000)]
        with Sender(allow_private=True) as sender:
            answer = sender.post(self.sink.url, b"{}", {}, 10)
        self.assertEqual((answer.status, len(answer.text)), (500, MOST_BYTES))

    def test_addresses_that_cannot_be_used_are_refused(self):
        for url in ("ftp://shop.example", "https://user:word@shop.example", "shop.example", "file:///etc/passwd"):
            with self.subTest(url=url), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.webhook.url = url

    def test_what_sales_may_not_read_is_not_sent(self):
        birthday = self.env.ref("crm_frontoffice.event_type_birthday")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.webhook.type_ids = birthday
        self.webhook.is_all_types = True
        self.env["crm.event"]._append(
            [{"code": code, "partner_id": self.customer.id} for code in ("bill_posted", "birthday")]
        )
        self.assertFalse(self._deliveries())

    def test_secret_and_webhooks_are_for_managers_of_the_company(self):
        for login in (self.anna, self._create_user("portal_test", "base.group_portal")):
            with self.subTest(login=login.login), self.assertRaises(AccessError):
                self.webhook.with_user(login).read(["secret"])
        self.assertGreaterEqual(len(self.webhook.with_user(self.maria).secret), 64)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "otto_test", "sales_team.group_sale_manager", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        self._visit()
        self.assertFalse(self.env["crm.webhook"].with_user(stranger).search([("id", "=", self.webhook.id)]))
        with self.assertRaises(AccessError):
            self._deliveries().with_user(stranger).action_replay()
        with self.assertRaises(AccessError):
            self.webhook.with_user(stranger).action_send_test()

    def test_condition_cannot_ask_for_what_its_author_may_not_read(self):
        with self.assertRaises(AccessError):
            self.webhook.with_user(self.maria).partner_domain = "[('user_ids.totp_secret', '!=', False)]"

    def test_test_button_sends_a_signed_request_without_an_event(self):
        action = self.webhook.with_user(self.maria).action_send_test()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual((self.sink.contents[0]["test"], self.sink.contents[0]["event"]), (True, None))
        self.assertTrue(self.sink.is_signed(self.webhook.secret))

    def test_erased_person_is_erased_from_answers_too(self):
        self.sink.answers = [lambda handler: handler.answer(422, b"no Anna Karenina here")]
        self._visit(self.contact)
        self._send()
        self.assertIn("Anna", self._deliveries().answer)
        self.contact.parent_id = False
        self.env["crm.personal.data.erasure"]._erase(self.contact.id, self.env.uid)
        self.assertFalse(self._deliveries().answer)
