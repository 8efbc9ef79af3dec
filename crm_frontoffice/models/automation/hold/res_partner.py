from odoo import api, fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner"]

    hold_ids = fields.One2many("crm.hold", "partner_id", "Holds", groups="base.group_user")
    hold_state = fields.Selection(
        [("warn", "Watched"), ("stop", "Stopped")],
        "Hold",
        compute="_compute_hold_state",
        compute_sudo=True,
        groups="base.group_user",
    )
    hold_reason = fields.Char(compute="_compute_hold_state", compute_sudo=True, groups="base.group_user")

    @api.depends("commercial_partner_id", "hold_ids.date_released", "hold_ids.until")
    @api.depends_context("allowed_company_ids")
    def _compute_hold_state(self):
        held = self.env["crm.hold"]._find(self.commercial_partner_id, self.env.companies)
        for partner in self:
            holds = held.get(partner.commercial_partner_id) or self.env["crm.hold"]
            levels = set(holds.mapped("level"))
            partner.hold_state = "stop" if "stop" in levels else "warn" if levels else False
            partner.hold_reason = ", ".join(dict.fromkeys(holds.mapped("reason"))) or False
