from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import ApprovalFixtures


@tagged("post_install", "-at_install")
class TestApprovalLink(ApprovalFixtures, HttpCase):
    """The mail leads to a page that decides by a POST, for the person that was asked, and nobody else."""

    def setUp(self):
        super().setUp()
        self.order = self._create_order()
        self.order.action_request_approvals()
        self.approval = self.order.sudo().approval_ids
        self.env.flush_all()

    def _get_path(self):
        return self.approval._get_decision_url().removeprefix(self.approval.get_base_url())

    def _post(self, path, **data):
        token = html.fromstring(self.url_open(path).content).xpath("//input[@name='csrf_token']/@value")
        return self.url_open(path, data={"csrf_token": token[0] if token else "", **data})

    def test_opening_the_link_decides_nothing(self):
        page = self.url_open(self._get_path() + "?choice=approve")
        self.assertIn(self.order.name, page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.approval.state, "pending")

    def test_click_on_approve_decides_as_the_person_who_was_asked(self):
        self._post(self._get_path(), decision="approved")
        self.env.invalidate_all()
        self.assertEqual((self.approval.state, self.approval.decider_id), ("approved", self.leader))

    def test_refusal_wants_a_reason(self):
        page = self._post(self._get_path(), decision="refused")
        self.assertIn("Please say why not", page.text)
        self._post(self._get_path(), decision="refused", comment="Too much")
        self.env.invalidate_all()
        self.assertEqual((self.approval.state, self.approval.comment), ("refused", "Too much"))

    def test_post_without_csrf_token_is_refused(self):
        answer = self.url_open(self._get_path(), data={"decision": "approved"})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.approval.state, "pending")

    def test_second_click_tells_what_was_decided(self):
        path = self._get_path()
        token = html.fromstring(self.url_open(path).content).xpath("//input[@name='csrf_token']/@value")[0]
        for decision in ("approved", "refused"):
            page = self.url_open(path, data={"csrf_token": token, "decision": decision, "comment": "Late"})
        self.assertIn("decided already", page.text)
        self.env.invalidate_all()
        self.assertEqual(self.approval.state, "approved")

    def test_forged_old_and_passed_on_links_do_not_work(self):
        path = self._get_path()
        self.assertEqual(self.url_open(path[:-3] + "abc").status_code, 404)
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self.assertFalse(self.env["crm.approval"]._read_link(path.rsplit("/", 1)[1]))
        self.approval.approver_id = self.dora
        self.env.flush_all()
        page = self._post(path, decision="approved")
        self.assertIn("not yours to decide", page.text)
        self.env.invalidate_all()
        self.assertEqual(self.approval.state, "pending")
