from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ....contexts import INSIDE
from ..chance import BUCKETS, bucket


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    held_out_count = fields.Integer(
        "Held Out", compute="_compute_held_out_count", help="Who gets nothing, so that the effect can be measured."
    )

    @api.depends("mailing_model_id", "mailing_domain", "is_limit_ignored", "campaign_id")
    def _compute_held_out_count(self):
        for mailing in self:
            held_out = mailing._get_held_out_domain()
            everybody = mailing.with_context(crm_with_held_out=INSIDE)._get_recipients_domain()
            mailing.held_out_count = (
                0 if held_out.is_false() else self.env["res.partner"].search_count(everybody & held_out)
            )

    def _get_recipients_domain(self):
        domain = super()._get_recipients_domain()
        if self.env.context.get("crm_with_held_out") is INSIDE:
            return domain
        held_out = self._get_held_out_domain()
        return domain if held_out.is_false() else domain & ~held_out

    def _get_held_out_domain(self):
        """Customers who are held out of the campaign or of all advertising; nobody where everybody has to know."""
        company, campaign = self.user_id.company_id or self.env.company, self.campaign_id
        holdout = self.env["crm.holdout"]
        if not self._is_limited() or not holdout._get_condition(SQL("0"), campaign, company):
            return Domain.FALSE
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return Domain.custom(
            to_sql=lambda _model, alias, _query: holdout._get_condition(
                SQL.identifier(alias, "commercial_partner_id"), campaign, company
            ),
            predicate=lambda partner: self._is_held_out(partner, campaign, company),
        )

    @api.model
    def _is_held_out(self, partner, campaign, company):
        # sudo: how many are held out decides who gets a message, whoever sends it
        company, campaign = company.sudo(), campaign.sudo()
        drawn = [(f"overall-{company.id}", company), (f"campaign-{campaign.id}", campaign)]
        return any(
            bucket(salt, partner.commercial_partner_id.id) < round(record.holdout_percent * BUCKETS / 100)
            for salt, record in drawn
        )

    def _action_send_mail(self, res_ids=None):
        for mailing in self:
            mailing._note_meant()
        return super()._action_send_mail(res_ids)

    def _action_send_sms(self, res_ids=None):
        for mailing in self:
            mailing._note_meant()
        return super()._action_send_sms(res_ids)

    def _note_meant(self):
        """Note whom the mailing is for, held out or not; of an A/B test the winner's mailing is for everybody."""
        is_variant = self.ab_testing_enabled and not self.ab_testing_is_winner_mailing
        if is_variant or not self._is_limited() or not self.campaign_id:
            return
        domain = self.with_context(crm_with_held_out=INSIDE)._get_recipients_domain()
        partners = self.env["res.partner"]._search(domain)
        company = self.user_id.company_id or self.env.company
        # sudo: who was meant is the system's note, whoever sends
        self.env["crm.holdout"].sudo()._note(self.campaign_id, company, partners.select())
