from odoo import fields, models

from .choices import COST_CHANNELS


class CrmCampaignCost(models.Model):
    """What a campaign has cost, beside vendor bills on its analytic account and messages by their tariff."""

    _name = "crm.campaign.cost"
    _description = "Cost of a Campaign"
    _order = "date desc, id desc"

    campaign_id = fields.Many2one("utm.campaign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    currency_id = fields.Many2one(related="campaign_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    channel = fields.Selection(COST_CHANNELS, required=True, default="other")
    name = fields.Char("Description", required=True)
    amount = fields.Monetary(required=True)
