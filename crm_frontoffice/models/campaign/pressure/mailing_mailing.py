from odoo import api, fields, models
from odoo.fields import Domain

from ....contexts import INSIDE


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    is_limit_ignored = fields.Boolean(
        "Goes Beyond Limits", help="For what everybody has to know: the limits of messages do not hold it back."
    )
    held_back_count = fields.Integer(
        "Had Enough", compute="_compute_held_back_count", help="Recipients who have got as much as the limits allow."
    )

    @api.depends("mailing_model_id", "mailing_domain", "is_limit_ignored")
    def _compute_held_back_count(self):
        for mailing in self:
            all_of_them = mailing.with_context(crm_without_limits=INSIDE)._get_recipients_domain()
            capped = mailing._get_capped_domain() if mailing._is_limited() else Domain.FALSE
            mailing.held_back_count = (
                0 if capped.is_false() else self.env["res.partner"].search_count(all_of_them & capped)
            )

    def _get_recipients_domain(self):
        domain = super()._get_recipients_domain()
        if self._is_limited() and self.env.context.get("crm_without_limits") is not INSIDE:
            domain &= ~self._get_capped_domain()
        return domain

    def _is_limited(self):
        return self.mailing_model_real == "res.partner" and not self.is_limit_ignored

    def _get_capped_domain(self):
        """Partners who have got as much over the channel of the mailing as the limits allow."""
        channel = "sms" if self.mailing_type == "sms" else "email"
        company, pressure = self.user_id.company_id or self.env.company, self.env["crm.pressure"]
        # sudo: limits are the company's, whoever sends
        if not self.env["crm.pressure.rule"].sudo()._get_limits(channel, company):
            return Domain.FALSE
        pressure.flush_model()
        return Domain.custom(
            to_sql=lambda _model, alias, _query: pressure._as_condition(alias, channel, company),
            predicate=lambda partner: bool(partner._filter_capped(channel, company)),
        )
