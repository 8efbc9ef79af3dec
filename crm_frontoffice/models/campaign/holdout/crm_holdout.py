from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..chance import BUCKETS, bucket_sql
from ..measure.crm_journey import LEAST_PER_GROUP
from ..measure.proportions import Group, compare_means

# Customers once each, with what they were invoiced since they were meant for it.
EFFECT = """
    SELECT spent.is_held_out, COUNT(*), SUM(spent.amount), SUM(spent.amount ^ 2)
      FROM (SELECT meant.is_held_out, meant.customer, COALESCE(SUM(move.amount_untaxed_signed), 0)::float AS amount
              FROM (%(meant)s) AS meant
              LEFT JOIN account_move move
                ON move.commercial_partner_id = meant.customer AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND (%(company)s IS NULL OR move.company_id = %(company)s)
               AND move.invoice_date >= meant.since AND move.invoice_date < meant.since + %(days)s
             GROUP BY 1, 2) AS spent
     GROUP BY 1"""


class CrmHoldout(models.Model):
    """Who was meant for a campaign, and whether he is held out to see what it brings.

    It is drawn by a hash of the company that a contact belongs to, since that is who buys: the same in every mailing
    and journey of the campaign. Those who are reached are noted, too, by the same rule: only so the two are alike.
    """

    _name = "crm.holdout"
    _inherit = "crm.partner.merge.mixin"
    _description = "Meant for a Campaign"
    _order = "id desc"
    _rec_name = "partner_id"
    _log_access = False

    _partner_merge_keys = (("campaign_id", "partner_id"),)

    campaign_id = fields.Many2one("utm.campaign", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    is_held_out = fields.Boolean("Held Out", readonly=True)
    date = fields.Datetime("Meant Since", required=True, readonly=True)

    _one_per_campaign = models.UniqueIndex("(campaign_id, partner_id)")

    @api.model
    def _get_condition(self, customer, campaign, company):
        """SQL of whether a customer is held out of a campaign, or of all advertising; None when nobody is.

        :param customer: SQL of the id of his commercial partner
        """
        # sudo: how many are held out decides who gets a message, whoever sends it
        overall, own = company.sudo().holdout_percent, campaign.sudo().holdout_percent  # sudo: the same
        drawn = [(f"overall-{company.id}", overall), (f"campaign-{campaign.id}", own)]
        parts = [
            SQL("%s < %s", bucket_sql(salt, customer), round(percent * BUCKETS / 100))
            for salt, percent in drawn
            if percent
        ]
        return SQL("(%s)", SQL(" OR ").join(parts)) if parts else None

    @api.model
    def _note(self, campaign, company, partners):
        """Note who is meant for a campaign, the first time.

        :param partners: SQL of a query with `id` of the partners
        """
        condition = self._get_condition(SQL("partner.commercial_partner_id"), campaign, company)
        if not campaign.sudo().holdout_percent or not condition:  # sudo: the same
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_holdout (campaign_id, partner_id, is_held_out, date)
                   SELECT %s, partner.id, %s, %s FROM res_partner partner WHERE partner.id IN (%s) ORDER BY partner.id
                   ON CONFLICT (campaign_id, partner_id) DO NOTHING""",
                campaign.id,
                condition,
                fields.Datetime.now(),
                partners,
            )
        )
        self.invalidate_model()

    @api.model
    def _render_effect(self, meant, company, days, planned, currency):
        """The verdict on invoices of those who were reached beside those who were held out.

        :param meant: SQL of a query with `customer`, `is_held_out` and the date `since` of each
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(EFFECT, meant=meant, company=company.id or None, days=days))
        groups = {row[0]: Group(*row[1:]) for row in rows}
        control, reached = (groups.get(key, Group(0, 0.0, 0.0)) for key in (True, False))
        comparison, least = compare_means(control, reached), max(planned, LEAST_PER_GROUP)
        is_enough = min(control.count, reached.count) >= least
        values = {
            "control": control,
            "reached": reached,
            "comparison": comparison,
            "verdict": comparison.verdict if is_enough else "waiting",
            "least": least,
            "money": lambda amount: formatLang(self.env, amount, currency_obj=currency),
            "days": days,
            "total": comparison.difference * reached.count,
        }
        return self.env["ir.qweb"]._render("crm_frontoffice.crm_journey_effect", values)
