from odoo import api, fields, models

from ....contexts import INSIDE
from ..measure.proportions import needed_per_group

MONEY_MEASURES = ("revenue_ratio", "margin_ratio")


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    ab_testing_winner_selection = fields.Selection(
        selection_add=[
            ("revenue_ratio", "Highest Invoiced Revenue per Recipient"),
            ("margin_ratio", "Highest Margin per Recipient"),
        ],
        ondelete={name: "set default" for name in MONEY_MEASURES},
    )
    ab_expected_percent = fields.Float(
        "Rate Today %", default=20.0, help="How many open, click or answer as things are: for the planned number."
    )
    ab_hoped_percent = fields.Float(
        "Rate Hoped For %", default=30.0, help="From which rate on another variant is worth it."
    )
    ab_needed = fields.Integer(
        "Needed per Variant", compute="_compute_ab_needed", help="Before so many got each variant no winner is sent."
    )
    ab_fallback = fields.Selection(
        [("none", "None: people decide"), ("first", "The first variant")],
        "If Inconclusive Send",
        required=True,
        default="none",
    )

    _ab_rates = models.Constraint(
        """CHECK (ab_expected_percent > 0 AND ab_expected_percent < 100 AND ab_hoped_percent > 0
                  AND ab_hoped_percent < 100 AND ab_expected_percent <> ab_hoped_percent)""",
        "The rates of an A/B test are between 0 and 100 percent, and differ.",
    )

    @api.depends("ab_expected_percent", "ab_hoped_percent")
    def _compute_ab_needed(self):
        for campaign in self:
            now, hoped = campaign.ab_expected_percent / 100, campaign.ab_hoped_percent / 100
            makes_sense = 0 < now < 1 and 0 < hoped < 1 and now != hoped
            campaign.ab_needed = needed_per_group(now, hoped) if makes_sense else 0

    @api.model
    def _cron_process_mass_mailing_ab_testing(self):
        """A test that is not decided yet stops no other: it is asked again the next time."""
        patient = self.with_context(crm_winner_may_wait=INSIDE)
        return super(UtmCampaign, patient)._cron_process_mass_mailing_ab_testing()
