from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    service_tier_id = fields.Many2one(
        "service.tier", "Contract Tier", index="btree_not_null", groups="base.group_user", ondelete="restrict"
    )
    service_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours of the Customer",
        groups="base.group_user",
        help="Policies may count in these hours.",
    )

    def write(self, vals):
        """Open tickets follow the contract of their customer."""
        result = super().write(vals)
        if {"service_tier_id", "service_calendar_id"} & vals.keys():
            self.service_calendar_id._check_fit_for_sla()
            self.env["service.ticket"]._sla_mark_stale([("commercial_partner_id", "in", self.ids)])
        return result
