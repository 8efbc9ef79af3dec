from odoo import api, fields, models
from odoo.exceptions import UserError

from .choices import CHANNELS, STAFF_SOURCES


class CrmConsentRecording(models.TransientModel):
    """What a customer told an employee about being contacted."""

    _name = "crm.consent.recording"
    _description = "Record a Decision about Consent"

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    decision = fields.Selection([("given", "Agrees"), ("withdrawn", "Refuses")], required=True, default="given")
    channel = fields.Selection(CHANNELS, required=True, default="email")
    purpose_id = fields.Many2one(
        "crm.consent.purpose",
        required=True,
        domain="[('legal_basis', 'in', ('consent', 'legitimate_interest'))]",
        default=lambda self: self.env["crm.consent.purpose"].search([("legal_basis", "=", "consent")], limit=1),
    )
    source = fields.Selection(STAFF_SOURCES, "How It Was Said", required=True, default="call")
    date = fields.Datetime("When", required=True, default=fields.Datetime.now)
    wording = fields.Text(
        "Text Shown or Read Out",
        compute="_compute_wording",
        store=True,
        readonly=False,
        help="Exactly what the customer agreed to. It is kept as proof.",
    )
    note = fields.Char("Details", help="Such as where the signed paper is filed.")
    is_confirmation_needed = fields.Boolean(compute="_compute_is_confirmation_needed")

    @api.depends("purpose_id", "partner_ids")
    def _compute_wording(self):
        for recording in self:
            lang = recording.partner_ids[:1].lang or self.env.lang
            recording.wording = recording.purpose_id.with_context(lang=lang).wording

    @api.depends("purpose_id", "channel", "decision")
    def _compute_is_confirmation_needed(self):
        for recording in self:
            recording.is_confirmation_needed = (
                recording.decision == "given" and recording.channel == "email" and recording.purpose_id.is_double_opt_in
            )

    def action_record(self):
        """Write the decision into the log, in the employee's name."""
        self.ensure_one()
        self.partner_ids.check_access("write")
        if self.date > fields.Datetime.now():
            raise UserError(self.env._("A decision cannot be of the future: correct when it was taken."))
        if self.decision == "given" and not (self.wording or "").strip():
            raise UserError(self.env._("Say which text the customer agreed to: without it the consent is no proof."))
        if not self.purpose_id.is_changeable:
            raise UserError(
                self.env._("“%(purpose)s” does not hang on the customer's consent.", purpose=self.purpose_id.name)
            )
        self.env["crm.consent"]._record(
            [
                {
                    "partner_id": partner.id,
                    "channel": self.channel,
                    "purpose_id": self.purpose_id,
                    "decision": self.decision,
                    "source": self.source,
                    "date": self.date,
                    "wording": self.wording,
                    "note": self.note,
                }
                for partner in self.partner_ids
            ]
        )
        return {"type": "ir.actions.act_window_close"}
