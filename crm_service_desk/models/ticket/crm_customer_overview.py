from odoo import api, models
from odoo.tools import SQL


class CrmCustomerOverview(models.AbstractModel):
    _inherit = "crm.customer.overview"

    @api.model
    def _get_activity_sources(self):
        return {**super()._get_activity_sources(), "service.ticket": ("partner_id", SQL("TRUE"))}
