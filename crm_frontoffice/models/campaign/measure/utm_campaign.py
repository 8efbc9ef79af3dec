from odoo import api, fields, models
from odoo.tools import formatLang

from ..plan.utm_campaign import MONEY_GROUPS
from .crm_attribution import COLUMNS


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    attribution = fields.Html(compute="_compute_attribution", sanitize=False, groups=MONEY_GROUPS)

    @api.depends_context("lang")
    def _compute_attribution(self):
        """Revenue and return by each way of dividing, with those of all campaigns that are parts of it."""
        # sudo: who may see the money of a campaign may see its sums, whatever documents they come from
        below = self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
        groups = below.env["crm.attribution"]._read_group(
            [("campaign_id", "in", below.ids)], ["campaign_id"], [f"{name}:sum" for name in COLUMNS]
        )
        own = {campaign.id: sums for campaign, *sums in groups}
        labels = self.env["crm.attribution"].fields_get(COLUMNS, ["string"])
        for campaign in self:
            parts = below.filtered(lambda part, campaign=campaign: campaign.id in part._get_chain_ids())
            rows = [own.get(part.id, (0.0,) * len(COLUMNS)) for part in parts] or [(0.0,) * len(COLUMNS)]
            sums = [sum(column) for column in zip(*rows, strict=True)]
            campaign.attribution = self.env["ir.qweb"]._render(
                "crm_frontoffice.campaign_attribution", campaign._prepare_attribution(labels, sums)
            )

    def _prepare_attribution(self, labels, sums):
        cost, currency = self.amount_actual, self.currency_id
        return {
            "is_empty": not any(sums),
            "cost": formatLang(self.env, cost, currency_obj=currency),
            "ways": [
                {
                    "label": labels[name]["string"],
                    "revenue": formatLang(self.env, revenue, currency_obj=currency),
                    "percent": formatLang(self.env, 100 * (revenue - cost) / cost, digits=0) if cost else None,
                }
                for name, revenue in zip(COLUMNS, sums, strict=True)
            ],
        }

    def action_open_attribution(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_attribution_action")
        return {**action, "domain": [("campaign_id", "child_of", self.id)]}
