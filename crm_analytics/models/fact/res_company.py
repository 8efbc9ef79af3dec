from odoo import api, models

REPORTING_CURRENCY = "crm_analytics.reporting_currency_id"


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _get_reporting_currency(self):
        """The currency in which the facts of all companies add up: as set, else that of the main company."""
        # sudo: a setting of the system
        chosen = self.env["ir.config_parameter"].sudo().get_param(REPORTING_CURRENCY)
        return self.env["res.currency"].browse(int(chosen or 0)).exists() or self._get_main_company().currency_id
