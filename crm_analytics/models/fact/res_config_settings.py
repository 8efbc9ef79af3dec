from odoo import fields, models

from .res_company import REPORTING_CURRENCY


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    reporting_currency_id = fields.Many2one(
        "res.currency",
        config_parameter=REPORTING_CURRENCY,
        help="All companies' figures are converted into it, at the rate of the day on which something was booked.",
    )

    def set_values(self):
        former = self.env["res.company"]._get_reporting_currency()
        result = super().set_values()
        if self.env["res.company"]._get_reporting_currency() != former:
            # sudo: all facts are made anew, by the system
            tables = self.env["crm.fact.table"].sudo()._get_all()
            tables.with_delay(description=self.env._("Facts in another reporting currency"))._rebuild()
        return result
