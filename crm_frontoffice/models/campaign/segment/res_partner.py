from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner"]

    segment_ids = fields.Many2many(
        "crm.segment",
        string="Segments",
        compute="_compute_segment_ids",
        search="_search_segment_ids",
        groups="sales_team.group_sale_salesman,mass_mailing.group_mass_mailing_user",
    )

    def _compute_segment_ids(self):
        groups = self.env["crm.segment.member"]._read_group(
            [("partner_id", "in", self.ids), ("date_left", "=", False), ("segment_id.active", "=", True)],
            ["partner_id"],
            ["segment_id:recordset"],
        )
        segments = {partner.id: found for partner, found in groups}
        for partner in self:
            partner.segment_ids = segments.get(partner.id, False)

    def _search_segment_ids(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        members = self.env["crm.segment.member"]._search(
            Domain("segment_id", operator, value) & Domain("date_left", "=", False)
        )
        return Domain("id", "in", members.subselect("partner_id"))
