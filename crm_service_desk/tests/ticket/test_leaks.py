import json
import xmlrpc.client

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import DeskFixtures

SECRET = "Bob's secret"
ADDON = "crm_service_desk"


@tagged("post_install", "-at_install")
class TestLeaks(DeskFixtures, HttpCase):
    """Ids are guessed on every model of the addon, on every way in: by customers, by one in copy, by a visitor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        cls.users = {name: cls._create_portal_user(getattr(cls, name)) for name in ("alice", "adam", "bob")}
        cls.ticket = cls._create_ticket(
            name=SECRET, description=f"<p>{SECRET}</p>", partner_id=cls.bob.id, email_cc="adam@acme.example"
        )
        cls.ticket.message_post(body=SECRET, subtype_xmlid="mail.mt_comment", message_type="comment")
        # Whoever stood in copy, and was even made a follower by hand, is a stranger all the same.
        cls.ticket.message_subscribe(cls.adam.ids)
        cls._fill_every_model()

    @classmethod
    def _fill_every_model(cls):
        """One row of each model that hangs on Bob's ticket or on nobody's."""
        env, other = cls.env, cls._create_ticket(name=f"{SECRET} too", partner_id=cls.bob.id)
        cls.ticket.link_ids = [fields.Command.create({"other_id": other.id})]
        env["service.merge"].create({"source_id": other.id, "target_id": cls.ticket.id})
        level = env["service.sla.level"].create({"policy_id": cls.policy.id})
        status = cls.ticket.sla_status_ids[0]
        env["service.sla.alert"].create({"status_id": status.id, "level_id": level.id})
        for model in ("service.tag", "service.skill", "service.tier"):
            env[model].create({"name": SECRET})
        env["service.macro"].create({"name": SECRET})
        env["service.article"].create({"name": SECRET, "audience": "staff", "is_published": True})
        env["service.agent"].create({"user_id": cls.sven.id})
        env["service.ticket"]._sla_mark_stale([("id", "=", cls.ticket.id)])
        cls.ticket.with_user(cls.lena).note_presence()
        env["service.form.entry"].create({"origin": SECRET})
        env.flush_all()

    @classmethod
    def _models(cls):
        data = cls.env["ir.model.data"].search([("model", "=", "ir.model"), ("module", "=", ADDON)])
        models = cls.env["ir.model"].browse(data.mapped("res_id")).mapped("model")
        return [
            name
            for name in sorted(models)
            if cls.env.registry[name]._original_module == ADDON and not cls.env[name]._abstract
        ]

    def _forbidden(self, model):
        """Rows that nobody from outside may see."""
        return self.env[model].search([], limit=20).ids

    def test_rules_hide_every_row_of_every_model(self):
        readers = [*self.users.values(), self.env.ref("base.public_user")]
        for model in self._models():
            rows = self.env[model].browse(self._forbidden(model))
            if not self.env[model]._transient:
                self.assertTrue(rows, f"{model} has no row to look for")
            for user in readers:
                seen = rows.with_user(user)._filtered_access("read").sudo()
                allowed = self.ticket._name == model and user == self.users["bob"]
                with self.subTest(model=model, user=user.login):
                    self.assertFalse(seen if not allowed else seen.filtered(lambda row: row.partner_id != self.bob))

    def _key(self, user):
        expiration = fields.Datetime.add(fields.Datetime.now(), hours=1)
        return self.env["res.users.apikeys"].with_user(user)._generate("rpc", "leak", expiration)

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc", "odoo.addons.rpc.controllers")
    def test_guessed_ids_over_json2_and_xmlrpc_tell_nothing(self):
        user = self.users["adam"]
        key = self._key(user)
        for model in self._models():
            ids = self._forbidden(model)
            calls = {
                "read": ([ids], {"ids": ids}),
                "search_read": ([[]], {"domain": []}),
                "web_search_read": ([[], {"display_name": {}}], {"domain": [], "specification": {"display_name": {}}}),
                "name_search": ([SECRET[:3]], {"name": SECRET[:3]}),
                "formatted_read_group": (
                    [[], ["create_uid"], ["__count"]],
                    {"domain": [], "groupby": ["create_uid"], "aggregates": ["__count"]},
                ),
            }
            for method, (arguments, named) in calls.items():
                with self.subTest(model=model, method=method):
                    answer = self.url_open(
                        f"/json/2/{model}/{method}",
                        data=json.dumps(named),
                        headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
                    )
                    self.assertNotIn(SECRET, answer.text)
                    try:
                        told = self.xmlrpc_object.execute_kw(self.env.cr.dbname, user.id, key, model, method, arguments)
                    except xmlrpc.client.Fault as fault:
                        told = fault.faultString
                    self.assertNotIn(SECRET, str(told))

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc", "odoo.addons.rpc.controllers")
    def test_the_customer_himself_is_answered_on_the_same_ways(self):
        user = self.users["bob"]
        key = self._key(user)
        answer = self.url_open(
            "/json/2/service.ticket/search_read",
            data=json.dumps({"domain": [], "fields": ["name"]}),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
        )
        self.assertIn(SECRET, answer.text)
        arguments = [[("id", "=", self.ticket.id)], ["name"]]
        told = self.xmlrpc_object.execute_kw(
            self.env.cr.dbname, user.id, key, "service.ticket", "search_read", arguments
        )
        self.assertEqual(told[0]["name"], SECRET)

    def test_portal_pages_with_guessed_ids_tell_nothing(self):
        article = self.env["service.article"].search([("name", "=", SECRET)])
        paths = (
            f"/my/tickets/{self.ticket.id}",
            f"/my/tickets/{self.ticket.id}?access_token=guess",
            f"/my/tickets?search={SECRET}",
            f"/support/articles/{article.id}",
            "/support/articles?search=secret",
            "/support",
            f"/mail/view?model=service.ticket&res_id={self.ticket.id}",
            f"/web/image/service.ticket/{self.ticket.id}/description",
            f"/web/content/{self.ticket.message_attachment_count or 1}?model=service.ticket",
        )
        for login in ("alice@acme.example", "adam@acme.example", None):
            self.authenticate(login, login)
            for path in paths:
                with self.subTest(login=login, path=path):
                    page = self.url_open(path).text
                    self.assertNotIn(f">{SECRET}<", page)
                    self.assertNotIn("secret too", page)

    @mute_logger("odoo.http")
    def test_conversation_of_a_foreign_ticket_is_refused(self):
        for login in ("adam@acme.example", None):
            self.authenticate(login, login)
            with self.subTest(login=login):
                answer = self.url_open(
                    "/mail/thread/messages",
                    data=json.dumps(
                        {"params": {"thread_model": "service.ticket", "thread_id": self.ticket.id, "fetch_params": {}}}
                    ),
                    headers={"Content-Type": "application/json"},
                )
                self.assertNotIn(SECRET, answer.text)

    def test_own_ticket_shows_nothing_internal(self):
        parent = self._create_ticket(name=SECRET, partner_id=self.bob.id)
        ticket = self._create_ticket(parent_id=parent.id)
        own = ticket.with_user(self.users["alice"])
        own.invalidate_recordset()
        readable = own.fields_get()
        for name in readable:
            try:
                value = own.read([name])
            except AccessError:
                continue  # Odoo's own fields of activities say so when they are read
            with self.subTest(field=name):
                self.assertNotIn(SECRET, str(value))
        for name in ("parent_id", "merged_into_id", "link_ids", "impact", "tag_ids", "is_complaint", "assignment_note"):
            self.assertNotIn(name, readable)
