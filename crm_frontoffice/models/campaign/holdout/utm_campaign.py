from odoo import fields, models
from odoo.tools import SQL

from ..plan.utm_campaign import MONEY_GROUPS


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    holdout_percent = fields.Float(
        "Held Out %", help="So many customers get nothing of this campaign, so that its effect can be measured."
    )
    planned_sample = fields.Integer(
        "Needed per Group", default=1000, help="Before each group has so many no verdict is given."
    )
    effect_days = fields.Integer("Within Days", default=90, help="Invoices so many days after the first message count.")
    holdout_effect = fields.Html(compute="_compute_holdout_effect", sanitize=False, groups=MONEY_GROUPS)

    _holdout_range = models.Constraint(
        "CHECK (holdout_percent >= 0 AND holdout_percent <= 90)", "Those who are held out are from 0 to 90 percent."
    )

    def _compute_holdout_effect(self):
        # sudo: who may see the money of a campaign may see its sums, whatever documents they come from
        holdout = self.env["crm.holdout"].sudo()
        for campaign in self:
            meant = SQL(
                """SELECT partner.commercial_partner_id AS customer, bool_or(meant.is_held_out) AS is_held_out,
                          MIN(meant.date)::date AS since
                     FROM crm_holdout meant JOIN res_partner partner ON partner.id = meant.partner_id
                    WHERE meant.campaign_id = %s GROUP BY 1""",
                campaign.id or None,
            )
            campaign.holdout_effect = holdout._render_effect(
                meant, campaign.company_id, campaign.effect_days, campaign.planned_sample, campaign.currency_id
            )
