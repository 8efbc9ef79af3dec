from odoo import api, fields, models
from odoo.exceptions import UserError

from ....contexts import INSIDE

# From which states a document gets to the next one.
ROUTE = {
    "agreed": ("draft",),
    "sent": ("agreed", "sent"),
    "signed": ("sent",),
    "archived": ("draft", "agreed", "sent", "signed"),
}
# What was agreed is not changed any more: a new version is made.
TEXT_FIELDS = frozenset({"body", "word_file", "template_id", "lead_id", "partner_id"})


class CrmDocument(models.Model):
    """A letter, an offer, a contract or an act of a deal, on its way from the draft to the signature."""

    _name = "crm.document"
    _inherit = ["crm.lead.belonging.mixin", "portal.mixin", "mail.thread"]
    _description = "Document of a Deal"
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char("Number", readonly=True, copy=False, index="trigram", default="/")
    template_id = fields.Many2one("crm.document.template", required=True, index=True, ondelete="restrict")
    kind_id = fields.Many2one(related="template_id.kind_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        "crm.document", "Version Before", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("agreed", "Agreed"),
            ("sent", "Sent"),
            ("signed", "Signed"),
            ("archived", "Archived"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    body = fields.Html("Text", compute="_compute_body", store=True, readonly=False, precompute=True)
    format = fields.Selection(related="template_id.format")
    word_file = fields.Binary(compute="_compute_body", store=True, readonly=False, precompute=True, attachment=True)
    word_file_name = fields.Char(compute="_compute_word_file_name")
    signature = fields.Image(copy=False, attachment=True, max_width=1024, max_height=1024, readonly=True)
    signed_by = fields.Char(copy=False, readonly=True)
    signed_on = fields.Datetime(copy=False, readonly=True)

    @api.depends("lead_id")
    def _compute_partner_id(self):
        for document in self:
            document.partner_id = document.lead_id.partner_id

    @api.depends("template_id", "lead_id")
    def _compute_body(self):
        for document in self:
            # Computed with the rights of the system, and the text shall tell no more than the person may read.
            lead, template = document.lead_id._origin.sudo(False), document.template_id.sudo(False)
            if not lead or not template:
                document.body, document.word_file = document.body, document.word_file
            elif template.format == "docx":
                document.body, document.word_file = False, template._fill_in_for(lead)
            else:
                document.body, document.word_file = template._render_for(lead), False

    @api.depends("name", "version")
    def _compute_word_file_name(self):
        for document in self:
            document.word_file_name = f"{document._get_report_base_filename()}.docx"

    def _compute_access_url(self):
        for document in self:
            document.access_url = f"/my/documents/{document.id}"

    @api.depends("name", "version", "kind_id")
    def _compute_display_name(self):
        for document in self:
            number = f"{document.name} v{document.version}" if document.version > 1 else document.name
            kind = document.kind_id.sudo()  # sudo: its name is part of what the customer reads
            document.display_name = f"{kind.name} {number}" if kind else number

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        for document in documents.filtered(lambda document: document.name == "/"):
            document.name = document.kind_id.sequence_id.next_by_id()
        return documents

    def write(self, vals):
        fixed = (
            self.filtered(lambda document: document.state != "draft") if TEXT_FIELDS & vals.keys() else self.browse()
        )
        if fixed and self.env.context.get("crm_move_belongings") is not INSIDE:
            raise UserError(
                self.env._("These are agreed already, make a new version: %s", ", ".join(fixed.mapped("display_name")))
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if kept := self.filtered(lambda document: document.state != "draft"):
            raise UserError(
                self.env._("Archive these instead of deleting them: %s", ", ".join(kept.mapped("display_name")))
            )

    @api.model
    def _move_to_lead(self, lead, merged):
        return super(CrmDocument, self.with_context(crm_move_belongings=INSIDE))._move_to_lead(lead, merged)

    # ---- the route

    def _go(self, state):
        if wrong := self.filtered(lambda document: document.state not in ROUTE[state]):
            labels = dict(self._fields["state"]._description_selection(self.env))
            lines = [f"{document.display_name}: {labels[document.state]}" for document in wrong]
            raise UserError(self.env._("This is not the next step of:\n%(lines)s", lines="\n".join(lines)))
        self.state = state

    def action_agree(self):
        """The text is final."""
        self._go("agreed")
        return True

    def action_send(self):
        """Tell the customer where he finds it; from then on he sees it in the portal and may sign it."""
        if without := self.filtered(lambda document: not document.partner_id):
            raise UserError(self.env._("Choose whom to send these to: %s", ", ".join(without.mapped("display_name"))))
        self._go("sent")
        for document in self:
            document._portal_ensure_token()
            document.message_post(
                body=self.env._("%(document)s is ready for you to read and sign.", document=document.display_name),
                partner_ids=document.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
        return True

    def action_put_away(self):
        """It is of no use any more, or done with."""
        self._go("archived")
        return True

    def action_new_version(self):
        """The same document with the same number, to be changed; the one before is archived."""
        self.ensure_one()
        if self.state == "signed":
            raise UserError(self.env._("%s is signed: make another document.", self.display_name))
        version = self.copy(
            {"name": self.name, "version": self.version + 1, "previous_id": self.id, **self._copy_text()}
        )
        if self.state != "archived":
            self._go("archived")
        return version.action_open()

    def _copy_text(self):
        return {"body": self.body, "word_file": self.with_context(bin_size=False).word_file}

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_preview(self):
        """What the customer sees."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "target": "self", "url": self.get_portal_url()}

    def _sign(self, name, signature):
        """The customer signs: once, and only what was sent to him."""
        self._go("signed")
        self.write({"signed_by": name, "signature": signature, "signed_on": fields.Datetime.now()})

    def _get_report_base_filename(self):
        return self.display_name.replace("/", "-")
