from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_ticket_access = fields.Selection(
        [("own", "Own tickets"), ("company", "All tickets of the company"), ("none", "No tickets")],
        "Tickets in the Portal",
        required=True,
        default="own",
        groups="base.group_user",
    )
    ticket_count = fields.Integer(
        "Tickets", compute="_compute_ticket_count", groups="crm_service_desk.group_service_desk_agent"
    )

    def _compute_ticket_count(self):
        groups = self.env["service.ticket"]._read_group(
            [("commercial_partner_id", "in", self.commercial_partner_id.ids)], ["commercial_partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.ticket_count = counts.get(partner.commercial_partner_id.id, 0)

    def write(self, vals):
        """What a customer sees in the portal is cached with the record rules."""
        result = super().write(vals)
        if {"portal_ticket_access", "parent_id", "is_company"} & vals.keys() and self.user_ids:
            self.env.registry.clear_cache()
        return result

    @api.readonly
    def action_open_tickets(self):
        """The tickets of the whole customer, whichever of its contacts is on the screen."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("crm_service_desk.service_ticket_action")
        action["domain"] = [("commercial_partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {"default_partner_id": self.id}
        return action
