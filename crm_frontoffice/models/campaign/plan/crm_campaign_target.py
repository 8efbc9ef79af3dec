from odoo import api, fields, models

from .choices import MEASURES
from .outlook import forecast


class CrmCampaignTarget(models.Model):
    """What a campaign is to bring, beside what it has brought and what it will come to."""

    _name = "crm.campaign.target"
    _description = "Target of a Campaign"
    _order = "id"
    _rec_name = "measure"

    campaign_id = fields.Many2one("utm.campaign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    measure = fields.Selection(MEASURES, required=True)
    planned = fields.Float("Plan", required=True)
    actual = fields.Float(compute="_compute_actual")
    forecast = fields.Float(compute="_compute_actual", help="If the rest of the period goes as it went so far.")
    progress = fields.Float("Reached %", compute="_compute_actual")

    _one_per_measure = models.Constraint("UNIQUE(campaign_id, measure)", "A campaign has one target of a kind.")

    @api.depends("planned", "measure", "campaign_id.date_start", "campaign_id.date_end")
    def _compute_actual(self):
        actual = self.campaign_id._read_results(set(self.mapped("measure")) - {False})
        today = fields.Date.context_today(self)
        for target in self:
            campaign = target.campaign_id
            target.actual = actual.get((campaign.id, target.measure), 0.0)
            told = forecast(target.actual, campaign.date_start, campaign.date_end, today)
            target.forecast = target.actual if told is None else told
            target.progress = 100 * target.actual / target.planned if target.planned else 0.0
