from odoo import fields, models
from odoo.tools import SQL

from ..chance import BUCKETS, bucket_sql

PLANNED = 1000


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    holdout_percent = fields.Float(related="company_id.holdout_percent", readonly=False)
    holdout_since = fields.Date(related="company_id.holdout_since")
    holdout_effect = fields.Html(compute="_compute_holdout_effect", sanitize=False)

    def _compute_holdout_effect(self):
        for settings in self:
            settings.holdout_effect = settings.holdout_since and settings._render_holdout_effect()

    def _render_holdout_effect(self):
        """All customers who were there when the hold-out began, whether or not anything was meant for them."""
        company = self.company_id
        meant = SQL(
            """SELECT partner.id AS customer, %(chance)s < %(share)s AS is_held_out, %(since)s::date AS since
                 FROM res_partner partner
                WHERE partner.id = partner.commercial_partner_id AND partner.active AND partner.create_date < %(since)s
                  AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                  AND NOT EXISTS (SELECT FROM res_users WHERE res_users.partner_id = partner.id)""",
            chance=bucket_sql(f"overall-{company.id}", SQL("partner.id")),
            share=round(company.holdout_percent * BUCKETS / 100),
            since=company.holdout_since,
            company=company.id,
        )
        days = max((fields.Date.today() - company.holdout_since).days + 1, 1)
        return self.env["crm.holdout"]._render_effect(meant, company, days, PLANNED, company.currency_id)
