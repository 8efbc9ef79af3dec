from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from .choices import CHANNELS, LEGAL_BASES


class CrmConsentPurpose(models.Model):
    """What customers are contacted for, such as news and offers, and on which legal ground."""

    _name = "crm.consent.purpose"
    _description = "Purpose of Contact"
    _inherit = "crm.cached.mixin"
    _order = "sequence, id"

    _cached_fields = frozenset({"code", "active"})

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The name that programs use, such as “news”.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    wording = fields.Text(
        required=True,
        translate=True,
        help="The text to which the customer agrees. Every decision keeps the text that was shown.",
    )
    legal_basis = fields.Selection(LEGAL_BASES, required=True, default="consent")
    is_granted_by_default = fields.Boolean(
        "Allowed Unless Refused", help="Whether a customer who never decided may be contacted."
    )
    is_advertising = fields.Boolean(
        "Advertising", default=True, help="Whoever refuses all advertising by e-mail or SMS is put on Odoo's blacklist."
    )
    is_double_opt_in = fields.Boolean(
        "Double Opt-In", default=True, help="Consent by e-mail counts once the customer has confirmed it by a link."
    )
    is_changeable = fields.Boolean(compute="_compute_is_changeable")
    by_email = fields.Boolean("E-mail", default=True)
    by_sms = fields.Boolean("SMS", default=True)
    by_phone = fields.Boolean("Phone", default=True)
    by_post = fields.Boolean("Post")
    by_messenger = fields.Boolean("Messenger")
    mailing_list_ids = fields.Many2many(
        "mailing.list", string="Mailing Lists", help="Subscriptions to these lists follow the consent by e-mail."
    )

    _code_unique = models.Constraint("UNIQUE(code)", "A purpose with this code exists already.")
    _default_needs_ground = models.Constraint(
        "CHECK (legal_basis != 'consent' OR NOT is_granted_by_default)",
        "A purpose that rests on consent cannot be allowed before the customer has agreed.",
    )

    @api.depends("legal_basis")
    def _compute_is_changeable(self):
        """What a contract or the law demands is not the customer's choice."""
        for purpose in self:
            purpose.is_changeable = purpose.legal_basis in ("consent", "legitimate_interest")

    @api.constrains("code")
    def _check_code(self):
        wrong = self.filtered(lambda purpose: not purpose.code.isidentifier())
        if wrong:
            raise ValidationError(
                self.env._(
                    "A code consists of letters, digits and underscores: %(codes)s",
                    codes=", ".join(wrong.mapped("code")),
                )
            )

    @api.model
    @tools.ormcache()
    def _get_ids_by_code(self):
        # sudo: which purposes exist is no secret
        return {purpose.code: purpose.id for purpose in self.sudo().search_fetch([], ["code"])}

    @api.model
    def _resolve(self, purpose):
        """A purpose out of itself, its id or its code.

        :raise ValueError: when there is no purpose with this code
        """
        if isinstance(purpose, int):
            return self.browse(purpose)
        if not isinstance(purpose, str):
            return purpose
        purpose_id = self._get_ids_by_code().get(purpose)
        if not purpose_id:
            raise ValueError(f"There is no purpose with the code {purpose!r}")
        return self.browse(purpose_id)

    def _get_channels(self):
        """The channels over which customers are contacted for this purpose, as codes."""
        return [channel for channel, _label in CHANNELS if self[f"by_{channel}"]]

    @api.model
    def _get_advertising(self, channel):
        """The purposes that are advertising over a channel."""
        # sudo: which purposes are advertising is no secret
        return self.sudo().search([("is_advertising", "=", True), (f"by_{channel}", "=", True)])
