import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import word_file


class CrmDocumentTemplate(models.Model):
    """The text of a document with places that a deal fills in."""

    _name = "crm.document.template"
    _inherit = "mail.render.mixin"
    _description = "Template of Documents"
    _order = "kind_id, sequence, id"

    # Only who may edit templates writes expressions here; whoever sells may use them.
    _unrestricted_rendering = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind_id = fields.Many2one("crm.document.kind", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    format = fields.Selection(
        [("page", "Text"), ("docx", "Word File")],
        required=True,
        default="page",
        help="A text is read and printed as a page; a Word file is filled in as it is, with its layout.",
    )
    word_file = fields.Binary(attachment=True)
    word_file_name = fields.Char()
    body = fields.Html(
        translate=True,
        sanitize="email_outgoing",
        render_engine="qweb",
        help="The deal is called object: object.partner_id.name, object.line_ids, object.expected_revenue.",
    )

    def _compute_render_model(self):
        self.render_model = "crm.lead"

    @api.constrains("format", "word_file")
    def _check_word_file(self):
        for template in self.filtered(lambda template: template.format == "docx"):
            if not template.word_file:
                raise ValidationError(self.env._("%s: choose the Word file.", template.name))
            try:
                word_file.check(template._read_word_file())
            except word_file.WordFileError as error:
                raise ValidationError(template._tell_word_error(error)) from error

    def _tell_word_error(self, error):
        if isinstance(error, word_file.MissingLibraryError):
            return self.env._("Word files need a Python library on the server: pip install %s", error)
        return self.env._("%(template)s: the Word file cannot be used: %(error)s", template=self.name, error=error)

    def _read_word_file(self):
        return base64.b64decode(self.with_context(bin_size=False).word_file)

    def _fill_in_for(self, lead):
        """The Word file for a deal, in the language of its customer and as far as this user may read."""
        self.ensure_one()
        scope = lead.with_context(lang=lead.partner_id.lang or self.env.lang)
        try:
            return base64.b64encode(word_file.fill_in(self._read_word_file(), scope))
        except word_file.WordFileError as error:
            raise UserError(self._tell_word_error(error)) from error

    def _render_for(self, lead):
        """The text for a deal, in the language of its customer."""
        self.ensure_one()
        template = self.with_context(lang=lead.partner_id.lang or self.env.lang)
        return template._render_field("body", lead.ids)[lead.id]
