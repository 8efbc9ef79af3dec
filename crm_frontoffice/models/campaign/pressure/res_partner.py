from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner"]

    def _filter_capped(self, channel, company):
        """Those who have got as many messages as the limits allow."""
        if not self:
            return self
        condition = self.env["crm.pressure"]._as_condition("partner", channel, company)
        rows = self.env.execute_query(
            SQL("SELECT partner.id FROM res_partner partner WHERE partner.id = ANY(%s) AND %s", self.ids, condition)
        )
        return self.browse(row[0] for row in rows)
