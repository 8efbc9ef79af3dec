from odoo import fields, models


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
    body = fields.Html(
        translate=True,
        sanitize="email_outgoing",
        render_engine="qweb",
        help="The deal is called object: object.partner_id.name, object.line_ids, object.expected_revenue.",
    )

    def _compute_render_model(self):
        self.render_model = "crm.lead"

    def _render_for(self, lead):
        """The text for a deal, in the language of its customer."""
        self.ensure_one()
        template = self.with_context(lang=lead.partner_id.lang or self.env.lang)
        return template._render_field("body", lead.ids)[lead.id]
