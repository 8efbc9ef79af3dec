import json
import xmlrpc.client
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import FrontofficeFixtures


@tagged("post_install", "-at_install")
class TestOverRpc(FrontofficeFixtures, HttpCase):
    """From outside, with a key and guessed ids: what an outsider gets is a refusal, and nothing behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deal = cls._create_deal(cls, name="A secret deal")
        cls.event = cls.env["crm.event"].search([("res_model", "=", "crm.lead"), ("res_id", "=", cls.deal.id)])
        cls.rule = cls.env["crm.event.rule"].with_context(active_test=False).search([], limit=1)

    def _calls(self):
        """Every public method of ours, with arguments that a legitimate caller would use."""
        rows = {"source": "x", "rows": [{"external_id": "1", "name": "N"}]}
        takers = ("upsert_customers", "upsert_products", "upsert_deals", "log_interactions")
        return [
            *(("crm.gateway", method, [], rows) for method in takers),
            ("crm.gateway", "changes", [], {}),
            ("crm.gateway", "customer_card", [], {"ref": {"id": self.customer.id}}),
            ("res.partner", "get_customer_timeline", self.customer.ids, {}),
            ("res.partner", "action_open_timeline", self.customer.ids, {}),
            ("crm.event", "read", self.event.ids, {"fields": ["payload"]}),
            ("crm.event", "search_read", [], {"domain": []}),
            ("crm.event", "formatted_read_group", [], {"domain": [], "groupby": ["type_id"]}),
            ("crm.event.rule", "search_read", [], {"domain": []}),
            ("crm.event.rule", "action_open_firings", self.rule.ids, {}),
            ("crm.event.firing", "search_read", [], {"domain": []}),
            ("crm.event.firing", "action_retry", [1], {}),
            ("crm.event.effect", "search_read", [], {"domain": []}),
            ("crm.external.ref", "search_read", [], {"domain": []}),
            ("crm.stage.gate", "search_read", [], {"domain": []}),
        ]

    def _private_calls(self):
        return [
            ("crm.event", "_append", []),
            ("crm.event.timeline", "_read_page", []),
            ("crm.event.backfill", "_run", []),
            ("crm.event.scan", "_cron_scan", []),
            ("crm.event.firing", "_process_pending", []),
            ("crm.gateway.customer", "_upsert", []),
            ("crm.external.ref", "_remember", []),
        ]

    def _create_key(self, user):
        expiration = fields.Datetime.now() + timedelta(hours=1)
        return self.env["res.users.apikeys"].with_user(user)._generate("rpc", "test", expiration)

    def _json2(self, key, model, method, record_ids, arguments):
        body = {**arguments, **({"ids": record_ids} if record_ids else {})}
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(body),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
        )
        return response.status_code, response.text

    def _portal_user(self):
        portal = new_test_user(self.env, login="portal_rpc", password="portal_rpc", groups="base.group_portal")
        portal.partner_id.parent_id = self.env["res.partner"].create({"name": "Another customer", "is_company": True})
        return portal

    def _assert_refused(self, status, text, call):
        with self.subTest(call=call):
            self.assertIn(status, (403, 404), text)
            self.assertNotIn("A secret deal", text)

    def test_portal_user_is_refused_over_json2(self):
        key = self._create_key(self._portal_user())
        for model, method, record_ids, arguments in self._calls():
            self._assert_refused(*self._json2(key, model, method, record_ids, arguments), (model, method))

    def test_portal_user_is_refused_over_xmlrpc(self):
        portal = self._portal_user()
        for model, method, record_ids, arguments in self._calls():
            with self.subTest(model=model, method=method), self.assertRaises(xmlrpc.client.Fault) as caught:
                self.xmlrpc_object.execute_kw(
                    self.env.cr.dbname, portal.id, "portal_rpc", model, method, [record_ids] if record_ids else [],
                    arguments,
                )  # fmt: skip
            self.assertNotIn("A secret deal", caught.exception.faultString)
            self.assertNotIn("SELECT", caught.exception.faultString)

    def test_employee_without_a_role_is_refused_the_gateway(self):
        employee = new_test_user(self.env, login="employee_rpc", groups="base.group_user")
        key = self._create_key(employee)
        for model, method, record_ids, arguments in self._calls()[:6]:
            self._assert_refused(*self._json2(key, model, method, record_ids, arguments), (model, method))

    def test_inner_methods_cannot_be_called(self):
        key = self._create_key(self.maria)
        for model, method, record_ids in self._private_calls():
            self._assert_refused(*self._json2(key, model, method, record_ids, {}), (model, method))

    def test_without_a_key_nothing_is_answered(self):
        status, text = self._json2("no-such-key", "crm.gateway", "changes", [], {})
        self.assertEqual(status, 401, text)

    def test_wrong_arguments_are_explained_without_a_statement(self):
        key = self._create_key(self.maria)
        for method, record_ids, arguments in (
            ("get_customer_timeline", self.customer.ids, {"limit": "1; DROP TABLE crm_event"}),
            ("get_customer_timeline", self.customer.ids, {"cursor": "' OR 1=1"}),
            ("get_customer_timeline", self.customer.ids, {"kinds": "x"}),
        ):
            status, text = self._json2(key, "res.partner", method, record_ids, arguments)
            with self.subTest(arguments=arguments):
                self.assertEqual(status, 422, text)
                self.assertEqual(json.loads(text)["name"], "odoo.exceptions.UserError")
                self.assertNotIn("SELECT", text)
