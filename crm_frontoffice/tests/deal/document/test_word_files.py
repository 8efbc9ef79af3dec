import base64
import io

from docx import Document

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ...common import FrontofficeFixtures


def make_word_file(*paragraphs, rows=()):
    """A Word file as somebody would write it: paragraphs and a table."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    output = io.BytesIO()
    document.save(output)
    return base64.b64encode(output.getvalue())


def read_word_file(content):
    document = Document(io.BytesIO(base64.b64decode(content)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    return texts + [cell.text for table in document.tables for row in table.rows for cell in row.cells]


@tagged("post_install", "-at_install")
class TestWordFiles(FrontofficeFixtures, HttpCase):
    """Documents are made from Word files too, with their layout."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref("crm_frontoffice.document_kind_contract")
        cls.deal = cls._create_deal(cls, expected_revenue=1500).with_user(cls.anna)
        cls.deal.line_ids = [Command.create({"product_id": cls.product.id, "quantity": 3})]
        cls.deal.expected_revenue = 1500
        cls.reader = new_test_user(
            cls.env, "acme_portal", groups="base.group_portal", name="Acme Reader", context=DISABLED_MAIL_CONTEXT
        )
        cls.reader.partner_id.parent_id = cls.customer

    def _make_template(self, *paragraphs, rows=()):
        values = {"name": "Deed", "kind_id": self.kind.id, "format": "docx"}
        return self.env["crm.document.template"].create({**values, "word_file": make_word_file(*paragraphs, rows=rows)})

    def _make(self, template):
        values = {"lead_id": self.deal.id, "template_id": template.id}
        return self.env["crm.document"].with_user(self.anna).create(values)

    def test_places_are_filled_in_as_people_read_them(self):
        template = self._make_template(
            "For {{ object.partner_id.name }} by {{ object.user_id }}: {{ object.expected_revenue }}",
            rows=[
                ("{%tr for line in object.line_ids %}", ""),
                ("{{ line.product_id.name }}", "{{ line.quantity }}"),
                ("{%tr endfor %}", ""),
            ],
        )
        document = self._make(template)
        texts = read_word_file(document.word_file)
        self.assertIn("For Acme Works by Anna: $\xa01,500.00", texts)
        self.assertEqual(texts[-2:], ["Chair", "3.00"])
        self.assertEqual(document.word_file_name, f"{document.display_name}.docx".replace("/", "-"))

    def test_customer_name_is_text_not_markup(self):
        self.customer.name = "A & B <w:p/>"
        document = self._make(self._make_template("For {{ object.partner_id.name }}"))
        self.assertIn("For A & B <w:p/>", read_word_file(document.word_file))

    def test_template_reads_fields_and_can_do_nothing_else(self):
        for place in ("object.unlink()", "object._record", "object.env", "object.__class__", "object.sudo().name"):
            with self.subTest(place=place), self.assertRaisesRegex(UserError, "Deed"):
                self._make(self._make_template("{{ %s }}" % place))

    def test_what_the_user_may_not_read_is_refused(self):
        with self.assertRaisesRegex(UserError, "Deed"):
            self._make(self._make_template("{{ object.partner_id.birth_day }}"))

    def test_broken_file_is_refused_when_it_is_chosen(self):
        values = {"name": "Deed", "kind_id": self.kind.id, "format": "docx"}
        for content in (base64.b64encode(b"no zip"), make_word_file("{{ object.name "), False):
            with self.subTest(content=content), self.assertRaisesRegex(ValidationError, "Deed"), self.cr.savepoint():
                self.env["crm.document.template"].create({**values, "word_file": content})

    def test_agreed_file_stays_and_a_new_version_starts_from_it(self):
        document = self._make(self._make_template("One"))
        document.action_agree()
        with self.assertRaisesRegex(UserError, "new version"):
            document.word_file = make_word_file("Two")
        version = self.env["crm.document"].browse(document.action_new_version()["res_id"])
        self.assertEqual(read_word_file(version.word_file), ["One"])

    def test_customer_downloads_it_in_the_portal(self):
        document = self._make(self._make_template("For {{ object.partner_id.name }}"))
        self.authenticate("acme_portal", "acme_portal")
        path = f"/my/documents/{document.id}?word_file=1"
        self.assertNotIn("wordprocessing", self.url_open(path).headers["Content-Type"])
        document.action_agree()
        document.action_send()
        self.assertIn("download and read", self.url_open(f"/my/documents/{document.id}").text)
        answer = self.url_open(path)
        self.assertEqual(read_word_file(base64.b64encode(answer.content)), ["For Acme Works"])
