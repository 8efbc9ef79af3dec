from odoo import api, fields, models
from odoo.fields import Domain

from ....conditions import check_fields_readable


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    consent_purpose_id = fields.Many2one(
        "crm.consent.purpose",
        "Purpose",
        index="btree_not_null",
        ondelete="restrict",
        help="Only contacts who allow this purpose over the channel of the mailing get it. Without a purpose only "
        "blacklists are obeyed.",
    )
    is_consent_checked = fields.Boolean(compute="_compute_is_consent_checked")

    @api.depends("mailing_model_real")
    def _compute_is_consent_checked(self):
        """Consent is of contacts; subscribers of a list are held in line with it by the list itself."""
        for mailing in self:
            mailing.is_consent_checked = mailing.mailing_model_real == "res.partner"

    @api.constrains("mailing_domain", "mailing_model_id")
    def _check_mailing_domain(self):
        """The queue chooses recipients as the system: whom they are must not tell what the author cannot read."""
        for mailing in self.filtered("mailing_model_id"):
            check_fields_readable(self.env[mailing.mailing_model_real], Domain(mailing._parse_mailing_domain()))

    def _get_recipients_domain(self):
        """In the query, not as a list of exceptions: that would be read anew for every batch of mails."""
        domain = super()._get_recipients_domain()
        if self.is_consent_checked and self.consent_purpose_id:
            channel = "sms" if self.mailing_type == "sms" else "email"
            domain &= self.env["res.partner"]._get_consent_domain(channel, self.consent_purpose_id)
        return domain
