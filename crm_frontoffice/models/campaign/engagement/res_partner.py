from odoo import fields, models
from odoo.fields import Domain

from .points import HOT, WARM


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner"]

    engagement_score = fields.Integer(
        "Engagement",
        compute="_compute_engagement",
        search="_search_engagement_score",
        groups="sales_team.group_sale_salesman,mass_mailing.group_mass_mailing_user",
        help="From 0 to 100, by what this contact did of late: clicks, answers, forms, calls, meetings, orders.",
    )
    engagement_band = fields.Selection(
        [("cold", "Cold"), ("warm", "Warm"), ("hot", "Hot")],
        compute="_compute_engagement",
        groups="sales_team.group_sale_salesman,mass_mailing.group_mass_mailing_user",
    )
    engagement_reasons = fields.Char(
        "Made Up Of",
        compute="_compute_engagement",
        groups="sales_team.group_sale_salesman,mass_mailing.group_mass_mailing_user",
    )

    def _compute_engagement(self):
        rows = self.env["crm.engagement"].search([("partner_id", "in", self.ids)])
        by_partner = {row.partner_id.id: row for row in rows}
        for partner in self:
            row = by_partner.get(partner._origin.id, rows.browse())
            partner.engagement_score = score = row.score
            partner.engagement_band = "hot" if score >= HOT else "warm" if score >= WARM else "cold"
            partner.engagement_reasons = bool(row) and row._explain()

    def _search_engagement_score(self, operator, value):
        """Who has no row has no points."""
        if operator not in (">", ">=", "<", "<=") or not isinstance(value, (int, float)):
            return NotImplemented
        reached = {"<": ">=", "<=": ">"}.get(operator, operator)
        everybody = value < 0 or (value == 0 and reached == ">=")
        rows = self.env["crm.engagement"]._search([("score", reached, value)])
        found = Domain.TRUE if everybody else Domain("id", "in", rows.subselect("partner_id"))
        # Domain would turn round the comparison itself, and ask again.
        outside = Domain.FALSE if everybody else Domain("id", "not in", rows.subselect("partner_id"))
        return found if reached == operator else outside
