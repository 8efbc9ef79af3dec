from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .choices import PLAN_STATES

MONEY_GROUPS = "mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager"
# Where the result of a measure is read: model, domain, aggregate.
RESULTS = {
    "leads": ("crm.lead", [], "__count"),
    "orders": ("sale.order", [("state", "=", "sale")], "__count"),
    "revenue": (
        "account.move",
        [("state", "=", "posted"), ("move_type", "in", ("out_invoice", "out_refund"))],
        "amount_untaxed_signed:sum",
    ),
}

# Invoiced revenue less what the products cost now, in the unit in which they are kept; credit notes take off.
MARGINS = """
    SELECT move.campaign_id,
           SUM(-line.balance - CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END * line.quantity
               * COALESCE(sold.factor, 1) / COALESCE(NULLIF(kept.factor, 0), 1)
               * COALESCE((product.standard_price->>move.company_id::text)::numeric, 0))::float
      FROM account_move move
      JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
      LEFT JOIN product_product product ON product.id = line.product_id
      LEFT JOIN product_template template ON template.id = product.product_tmpl_id
      LEFT JOIN uom_uom sold ON sold.id = line.product_uom_id
      LEFT JOIN uom_uom kept ON kept.id = template.uom_id
     WHERE move.campaign_id = ANY(%s) AND move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
     GROUP BY 1"""


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    plan_state = fields.Selection(PLAN_STATES, "Status", required=True, default="draft", index=True)
    date_start = fields.Date("Start")
    date_end = fields.Date("End")
    parent_id = fields.Many2one("utm.campaign", "Part Of", index="btree_not_null", ondelete="restrict")
    child_ids = fields.One2many("utm.campaign", "parent_id", "Parts")
    message = fields.Text(translate=True, help="What it is to say, in a sentence or two.")
    segment_ids = fields.Many2many("crm.segment", "crm_campaign_segment_rel", string="Audience")
    journey_ids = fields.One2many("crm.journey", "campaign_id")
    member_ids = fields.One2many("crm.campaign.member", "campaign_id", groups=MONEY_GROUPS)
    member_count = fields.Integer("Number of Members", compute="_compute_member_count", groups=MONEY_GROUPS)
    budget_ids = fields.One2many("crm.campaign.budget", "campaign_id", groups=MONEY_GROUPS)
    cost_ids = fields.One2many("crm.campaign.cost", "campaign_id", groups=MONEY_GROUPS)
    target_ids = fields.One2many("crm.campaign.target", "campaign_id", groups=MONEY_GROUPS)
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        groups=MONEY_GROUPS,
        help="What vendors bill on this account is a cost of the campaign.",
    )
    amount_planned = fields.Monetary("Total Budget", compute="_compute_amounts", groups=MONEY_GROUPS)
    amount_actual = fields.Monetary("Cost So Far", compute="_compute_amounts", groups=MONEY_GROUPS)
    amount_revenue = fields.Monetary("Revenue So Far", compute="_compute_amounts", groups=MONEY_GROUPS)
    return_percent = fields.Float(
        "Return %", compute="_compute_amounts", groups=MONEY_GROUPS, help="Revenue less cost, in percent of the cost."
    )

    _period_in_order = models.Constraint(
        "CHECK (date_start IS NULL OR date_end IS NULL OR date_start <= date_end)", "A campaign ends after it starts."
    )

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A campaign cannot be a part of itself."))

    def _compute_mailing_mail_count(self):
        """Odoo's form asks for it whoever opens a campaign, and refuses those who make no mailings."""
        # sudo: how many mailings a campaign has is no secret
        return super(UtmCampaign, self.sudo())._compute_mailing_mail_count()

    def _compute_mailing_sms_count(self):
        # sudo: the same
        return super(UtmCampaign, self.sudo())._compute_mailing_sms_count()

    def _compute_member_count(self):
        groups = self.env["crm.campaign.member"]._read_group(
            [("campaign_id", "in", self.ids)], ["campaign_id"], ["__count"]
        )
        counts = {campaign.id: count for campaign, count in groups}
        for campaign in self:
            campaign.member_count = counts.get(campaign.id, 0)

    @api.depends("budget_ids.amount", "cost_ids.amount", "child_ids")
    def _compute_amounts(self):
        """With those of all campaigns that are parts of it."""
        names = ("amount_planned", "amount_actual", "amount_revenue")
        # sudo: who may see the money of a campaign may see its sums, whatever documents they come from
        campaigns = self.sudo().with_context(active_test=False)
        below = campaigns.search([("id", "child_of", self.ids)])
        self.env.flush_all()
        groups = campaigns.env["crm.campaign.report"]._read_group(
            [("campaign_id", "in", below.ids)], ["campaign_id"], [f"{name}:sum" for name in names]
        )
        own = {campaign.id: sums for campaign, *sums in groups}
        for campaign in self:
            parts = below.filtered(lambda part, campaign=campaign: campaign.id in part._get_chain_ids())
            sums = [sum(column) for column in zip(*(own.get(part.id, (0, 0, 0)) for part in parts), strict=True)]
            for name, value in zip(names, sums or (0, 0, 0), strict=True):
                campaign[name] = value
            cost = campaign.amount_actual
            campaign.return_percent = 100 * (campaign.amount_revenue - cost) / cost if cost else 0.0

    def _get_chain_ids(self):
        """Ids of a campaign and all that it is a part of."""
        chain, campaign = set(), self
        while campaign and campaign.id not in chain:
            chain.add(campaign.id)
            campaign = campaign.parent_id
        return chain

    def _read_results(self, measures):
        """What the campaigns have brought.

        :return: dict of number by campaign id and measure
        """
        results = {}
        for measure in measures & RESULTS.keys():
            model, domain, aggregate = RESULTS[measure]
            # sudo: who may see the targets of a campaign may see what it brought, not the documents
            records = self.env[model].sudo().with_context(active_test=False)
            for campaign, value in records._read_group(
                [("campaign_id", "in", self.ids), *domain], ["campaign_id"], [aggregate]
            ):
                results[campaign.id, measure] = value or 0.0
        if "contacts" in measures:
            domain = [("campaign_id", "in", self.ids), ("type_id.code", "=", "campaign_sent")]
            # sudo: the same
            events = self.env["crm.event"].sudo()
            for campaign, value in events._read_group(domain, ["campaign_id"], ["partner_id:count_distinct"]):
                results[campaign.id, "contacts"] = value
        if "meetings" in measures:
            domain = [("opportunity_id.campaign_id", "in", self.ids)]
            # sudo: the same
            meetings = self.env["calendar.event"].sudo()._read_group(domain, ["opportunity_id"], ["__count"])
            for deal, value in meetings:
                key = deal.campaign_id.id, "meetings"
                results[key] = results.get(key, 0) + value
        if "margin" in measures:
            self.env.flush_all()
            margins = self.env.execute_query(SQL(MARGINS, self.ids))
            results |= {(campaign_id, "margin"): margin for campaign_id, margin in margins}
        return results

    def action_open_members(self):
        self.ensure_one()
        self.check_access("read")
        members = self.env["crm.campaign.member"]
        members.check_access("read")
        # sudo: members are the system's; who may read them may have them brought up to date
        members.sudo()._refresh(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_campaign_member_action")
        return {**action, "domain": [("campaign_id", "=", self.id)]}

    def action_open_money(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_campaign_report_action")
        return {**action, "domain": [("campaign_id", "child_of", self.id)]}
