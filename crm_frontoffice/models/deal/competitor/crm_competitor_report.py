from odoo import fields, models
from odoo.tools import SQL


class CrmCompetitorReport(models.Model):
    """Each deal once per competitor, with how it ended: who is met how often, and who wins."""

    _name = "crm.competitor.report"
    _description = "Deals by Competitor"
    _auto = False
    _order = "create_date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Competitor", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    outcome = fields.Selection(
        [("pending", "Open"), ("won", "Won by us"), ("lost_to", "Lost to him"), ("lost", "Lost otherwise")],
        readonly=True,
    )
    lost_reason_id = fields.Many2one("crm.lost.reason", readonly=True)
    expected_revenue = fields.Monetary(currency_field="currency_id", readonly=True)
    won_share = fields.Float(
        "Won by Us (%)", aggregator="avg", readonly=True, help="Of the deals that are closed, how many we have won."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    create_date = fields.Datetime("Created On", readonly=True)
    date_closed = fields.Datetime("Closed On", readonly=True)

    @property
    def _table_query(self):
        self.env["crm.lead"].flush_model()
        self.env["crm.lead.competitor"].flush_model()
        return SQL(
            """SELECT competitor.id, competitor.partner_id, lead.id AS lead_id, lead.lost_reason_id,
                      lead.expected_revenue, lead.user_id, lead.team_id, lead.company_id,
                      lead.create_date, lead.date_closed,
                      COALESCE(company.currency_id, %s) AS currency_id,
                      CASE WHEN lead.won_status = 'lost' AND lead.lost_to_id = competitor.partner_id THEN 'lost_to'
                           ELSE lead.won_status END AS outcome,
                      CASE lead.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END AS won_share
                 FROM crm_lead_competitor competitor
                 JOIN crm_lead lead ON lead.id = competitor.lead_id
            LEFT JOIN res_company company ON company.id = lead.company_id""",
            self.env.company.currency_id.id,
        )
