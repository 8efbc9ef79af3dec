from odoo import api, fields, models

from .choices import COST_CHANNELS


class CrmCampaignBudget(models.Model):
    """What a campaign may cost over a channel in a month."""

    _name = "crm.campaign.budget"
    _description = "Budget of a Campaign"
    _order = "month, channel"
    _rec_name = "channel"

    campaign_id = fields.Many2one("utm.campaign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    currency_id = fields.Many2one(related="campaign_id.currency_id")
    channel = fields.Selection(COST_CHANNELS, required=True, default="email")
    month = fields.Date(required=True, default=lambda self: fields.Date.start_of(fields.Date.today(), "month"))
    amount = fields.Monetary("Planned", required=True)

    _one_per_month = models.Constraint(
        "UNIQUE(campaign_id, channel, month)", "A channel has one budget in a month of a campaign."
    )
    _amount_positive = models.Constraint("CHECK (amount >= 0)", "A budget is not negative.")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_first_day(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_first_day(vals))

    @api.model
    def _with_first_day(self, vals):
        if vals.get("month"):
            return {**vals, "month": fields.Date.start_of(fields.Date.to_date(vals["month"]), "month")}
        return vals
