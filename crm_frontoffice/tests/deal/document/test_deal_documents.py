from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ....exceptions import StageGateError
from ...common import FrontofficeFixtures

SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestDealDocuments(FrontofficeFixtures, HttpCase):
    """From a template to the signature of the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref("crm_frontoffice.document_kind_contract")
        cls.template = cls.env["crm.document.template"].create(
            {"name": "Deed", "kind_id": cls.kind.id, "body": "<p>For <t t-out='object.partner_id.name'/></p>"}
        )
        cls.deal = cls._create_deal(cls).with_user(cls.anna)
        cls.reader = new_test_user(
            cls.env, "acme_portal", groups="base.group_portal", name="Acme Reader", context=DISABLED_MAIL_CONTEXT
        )
        cls.reader.partner_id.parent_id = cls.customer
        cls.stranger = new_test_user(
            cls.env, "other_portal", groups="base.group_portal", name="Stranger", context=DISABLED_MAIL_CONTEXT
        )

    def _make(self, **values):
        return (
            self.env["crm.document"]
            .with_user(self.anna)
            .create({"lead_id": self.deal.id, "template_id": self.template.id, **values})
        )

    def _send(self, document):
        document.action_agree()
        document.action_send()

    def _post_signature(self, document, token=""):
        params = {"name": "Anna Karenina", "signature": SIGNATURE, "access_token": token}
        return self.make_jsonrpc_request(f"/my/documents/{document.id}/accept", params)

    def test_template_is_filled_in_and_numbered_by_kind(self):
        first, second = self._make(), self._make()
        self.assertIn("For Acme Works", first.body)
        self.assertEqual(first.name[:2], "C/")
        self.assertNotEqual(first.name, second.name)
        self.assertEqual(int(second.name[-4:]), int(first.name[-4:]) + 1)

    def test_what_a_customer_calls_himself_is_no_markup(self):
        self.customer.name = "<script>alert(1)</script>"
        self.assertNotIn("<script", self._make().body)

    def test_ready_made_templates_work_for_a_salesperson(self):
        self.deal.line_ids = [Command.create({"product_id": self.product.id, "quantity": 3})]
        offer = self._make(template_id=self.env.ref("crm_frontoffice.document_template_offer").id)
        self.assertIn("Chair", offer.body)
        self.assertIn("300.00", offer.body)
        contract = self._make(template_id=self.env.ref("crm_frontoffice.document_template_contract").id)
        self.assertIn("Acme Works", contract.body)

    def test_route_has_an_order(self):
        document = self._make()
        with self.assertRaisesRegex(UserError, "Draft"):
            document.action_send()
        self._send(document)
        self.assertEqual(document.state, "sent")
        with self.assertRaises(UserError):
            document.action_agree()

    def test_agreed_text_is_changed_in_a_new_version_only(self):
        document = self._make()
        document.body = "<p>Better</p>"
        document.action_agree()
        with self.assertRaisesRegex(UserError, "new version"):
            document.body = "<p>Other</p>"
        version = self.env["crm.document"].browse(document.action_new_version()["res_id"])
        self.assertEqual((version.name, version.version, version.state), (document.name, 2, "draft"))
        self.assertIn("Better", version.body)
        self.assertEqual(document.state, "archived")
        with self.assertRaises(UserError):
            document.unlink()

    def test_customer_sees_only_what_was_sent_to_his_company(self):
        document = self._make()
        as_reader = document.with_user(self.reader)
        self.assertFalse(as_reader.has_access("read"))
        self._send(document)
        self.assertTrue(as_reader.has_access("read"))
        self.assertFalse(document.with_user(self.stranger).has_access("read"))
        with self.assertRaises(AccessError):
            as_reader.write({"signed_by": "me"})

    def test_colleague_without_the_deal_does_not_see_its_documents(self):
        self.assertFalse(self._make().with_user(self.boris).has_access("read"))

    def test_customer_reads_comments_and_signs_in_the_portal(self):
        document = self._make()
        self._send(document)
        self.authenticate("acme_portal", "acme_portal")
        self.assertIn(document.name, self.url_open("/my/documents").text)
        page = self.url_open(f"/my/documents/{document.id}").text
        self.assertIn("For Acme Works", page)
        document.with_user(self.reader).message_post(
            body="May we meet?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self._post_signature(document)["force_refresh"])
        self.assertRecordValues(document, [{"state": "signed", "signed_by": "Anna Karenina"}])
        self.assertIn("error", self._post_signature(document))

    def test_stranger_neither_reads_nor_signs(self):
        document = self._make()
        self._send(document)
        self.authenticate("other_portal", "other_portal")
        self.assertNotIn("For Acme Works", self.url_open(f"/my/documents/{document.id}").text)
        self.assertIn("error", self._post_signature(document))
        self.assertEqual(document.state, "sent")

    def test_link_reads_and_signs_what_was_sent_but_no_draft(self):
        document = self._make()
        token = document._portal_ensure_token()
        self.assertNotIn("For Acme Works", self.url_open(f"/my/documents/{document.id}?access_token={token}").text)
        self.assertIn("error", self._post_signature(document, token))
        self._send(document)
        self.assertIn("For Acme Works", self.url_open(f"/my/documents/{document.id}?access_token={token}").text)
        self.assertTrue(self._post_signature(document, token)["force_refresh"])

    def test_stage_demands_a_signed_document(self):
        stage = self.env["crm.stage"].create({"name": "Closing", "sequence": 60})
        self.env["crm.stage.gate"].create(
            {"stage_id": stage.id, "kind": "signed_document", "document_kind_id": self.kind.id}
        )
        document = self._make()
        self._send(document)
        with self.assertRaisesRegex(StageGateError, "Contract"), self.cr.savepoint():
            self.deal.stage_id = stage
        self.env.invalidate_all()
        document.sudo()._sign("Anna Karenina", SIGNATURE)
        self.deal.stage_id = stage
        self.assertEqual(self.deal.stage_id, stage)

    def test_merged_deals_keep_the_documents_of_all(self):
        document = self._make()
        self._send(document)
        kept = self._create_deal(name="Kept", probability=95)
        (kept | self.deal.sudo()).merge_opportunity()
        self.assertEqual(document.lead_id, kept)

    def test_deal_room_shows_a_customer_his_offers_and_documents_together(self):
        document = self._make()
        self._send(document)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": self.deal.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        self.authenticate("acme_portal", "acme_portal")
        self.assertNotIn(order.name, self.url_open("/my/deals").text, "a draft is nobody's")
        order.action_quotation_sent()
        page = self.url_open("/my/deals").text
        for shown in (order.name, document.name, order.access_url, document.access_url, "Anna"):
            self.assertIn(shown, page)
        self.assertNotIn(self.deal.name, page, "what people call a deal is theirs")
        self.authenticate("other_portal", "other_portal")
        page = self.url_open("/my/deals").text
        for hidden in (order.name, document.name):
            self.assertNotIn(hidden, page)
