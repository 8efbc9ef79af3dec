from odoo import fields, models
from odoo.tools import SQL

from .choices import COST_CHANNELS


class CrmCampaignReport(models.Model):
    """Plan and reality of campaigns by month and channel: budget, costs and invoiced revenue."""

    _name = "crm.campaign.report"
    _description = "Campaigns: Plan and Actual"
    _auto = False
    _order = "month desc, id"
    _rec_name = "campaign_id"

    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(readonly=True)
    channel = fields.Selection(COST_CHANNELS, readonly=True)
    amount_planned = fields.Monetary("Budget", readonly=True)
    amount_actual = fields.Monetary("Cost", readonly=True)
    amount_revenue = fields.Monetary("Invoiced Revenue", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT row_number() OVER () AS id, fact.campaign_id, campaign.company_id, company.currency_id,
                      fact.month, fact.channel, fact.planned AS amount_planned, fact.actual AS amount_actual,
                      fact.revenue AS amount_revenue
                 FROM (%s) AS fact
                 JOIN utm_campaign campaign ON campaign.id = fact.campaign_id
                 LEFT JOIN res_company company ON company.id = campaign.company_id""",
            SQL(" UNION ALL ").join(self._get_parts()),
        )

    def _get_analytic_columns(self):
        """Each analytic plan has a column of its own."""
        # sudo: which plans there are is no secret
        first, others = self.env["account.analytic.plan"].sudo()._get_all_plans()
        return [plan._column_name() for plan in first | others]

    def _get_parts(self):
        """SQL of the sources: campaign, month, channel, planned, actual, revenue."""
        return [
            SQL(
                """SELECT campaign_id, month, channel, amount AS planned, 0 AS actual, 0 AS revenue
                     FROM crm_campaign_budget"""
            ),
            SQL("SELECT campaign_id, date_trunc('month', date)::date, channel, 0, amount, 0 FROM crm_campaign_cost"),
            SQL(
                """SELECT campaign.id, date_trunc('month', line.date)::date, 'other', 0, -line.amount, 0
                     FROM utm_campaign campaign
                     JOIN account_analytic_line line ON campaign.analytic_account_id IN (%s)
                    WHERE line.category = 'vendor_bill'""",
                SQL(", ").join(SQL.identifier("line", name) for name in self._get_analytic_columns()),
            ),
            SQL(
                """SELECT sent.campaign_id, sent.month, sent.channel, 0, sent.count * tariff.price, 0
                     FROM (SELECT mailing.campaign_id, date_trunc('month', trace.sent_datetime)::date AS month,
                                  CASE trace.trace_type WHEN 'sms' THEN 'sms' ELSE 'email' END AS channel,
                                  COUNT(*) AS count
                             FROM mailing_trace trace JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id
                            WHERE trace.sent_datetime IS NOT NULL AND mailing.campaign_id IS NOT NULL
                            GROUP BY 1, 2, 3) AS sent
                     JOIN utm_campaign campaign ON campaign.id = sent.campaign_id
                     JOIN LATERAL (
                          SELECT price FROM crm_message_tariff known
                           WHERE known.channel = sent.channel AND known.company_id = campaign.company_id
                             AND known.date_from <= sent.month + 31
                           ORDER BY known.date_from DESC LIMIT 1) AS tariff ON true"""
            ),
            SQL(
                """SELECT campaign_id, date_trunc('month', invoice_date)::date, 'other', 0, 0, amount_untaxed_signed
                     FROM account_move
                    WHERE campaign_id IS NOT NULL AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"""
            ),
        ]
