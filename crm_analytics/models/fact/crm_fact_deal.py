from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source


class CrmFactDeal(models.Model):
    """Pipeline: one row per lead or opportunity, the lost ones too."""

    _name = "crm.fact.deal"
    _description = "Deals"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date_created desc, id desc"
    _rec_name = "lead_id"

    _fact_link = "lead_id"
    _fact_date = "date_created"
    _fact_measures = ("expected_revenue", "expected_reporting", "prorated_revenue")
    _fact_sources = (
        Source(
            "crm_lead",
            (
                *("type", "active", "won_status", "create_date", "date_closed", "date_deadline", "company_id"),
                *("stage_id", "team_id", "user_id", "partner_id", "country_id", "lost_reason_id", "expected_revenue"),
                *("probability", "campaign_id", "medium_id", "source_id", "pipeline_id"),
            ),
        ),
        Source(
            "res_partner",
            ("commercial_partner_id",),
            expand="SELECT id FROM crm_lead WHERE partner_id = ANY(%s)",
        ),
    )

    lead_id = FactMany2one("crm.lead", "Opportunity", required=True, readonly=True, context={"active_test": False})
    type = fields.Selection([("lead", "Lead"), ("opportunity", "Opportunity")], readonly=True)
    status = fields.Selection(
        [("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("archived", "Archived")],
        readonly=True,
        help="Archived: put aside without being marked as lost.",
    )
    date_created = fields.Datetime("Created on", readonly=True)
    date_closed = fields.Datetime("Closed on", readonly=True)
    date_deadline = fields.Date("Expected Closing", readonly=True)
    days_to_close = fields.Float(readonly=True, aggregator="avg")
    company_id = FactMany2one("res.company", "Company", readonly=True)
    pipeline_id = FactMany2one("crm.pipeline", "Pipeline", readonly=True)
    stage_id = FactMany2one("crm.stage", "Stage", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    country_id = FactMany2one("res.country", "Country", readonly=True)
    lost_reason_id = FactMany2one("crm.lost.reason", "Lost Reason", readonly=True)
    campaign_id = FactMany2one("utm.campaign", "Campaign", readonly=True)
    medium_id = FactMany2one("utm.medium", "Medium", readonly=True)
    source_id = FactMany2one("utm.source", "Source", readonly=True)
    probability = fields.Float(readonly=True, aggregator="avg")
    expected_revenue = fields.Float(readonly=True, help="In the company's currency.")
    expected_reporting = fields.Float("Expected Revenue (Reporting Currency)", readonly=True)
    prorated_revenue = fields.Float(
        readonly=True, help="Expected revenue times probability, as the probability is now."
    )

    _lead_unique = models.Constraint("UNIQUE(lead_id)", "A deal is counted once.")
    _open_idx = models.Index("(stage_id, team_id) WHERE status = 'open'")
    _created_idx = models.Index("(date_created)")
    _closed_idx = models.Index("(date_closed) WHERE date_closed IS NOT NULL")
    _customer_idx = models.Index("(commercial_partner_id) INCLUDE (lead_id, status, date_closed)")

    @api.model
    def _get_fact_query(self, where):
        # The scoring of leads writes probabilities past the ORM: the stored prorated revenue of the lead may be stale.
        return SQL(
            """SELECT source.id AS lead_id, source.type, source.create_date AS date_created, source.date_closed,
                      CASE WHEN source.won_status IN ('won', 'lost') THEN source.won_status
                           WHEN source.active THEN 'open' ELSE 'archived' END AS status,
                      source.date_deadline,
                      (EXTRACT(EPOCH FROM source.date_closed - source.create_date) / 86400)::float8 AS days_to_close,
                      source.company_id, source.pipeline_id, source.stage_id, source.team_id, source.user_id,
                      COALESCE(partner.commercial_partner_id, partner.id) AS commercial_partner_id,
                      source.country_id, source.lost_reason_id, source.campaign_id, source.medium_id,
                      source.source_id, source.probability::float8 AS probability,
                      source.expected_revenue::float8 AS expected_revenue,
                      (source.expected_revenue * %(factor)s)::float8 AS expected_reporting,
                      round((source.expected_revenue * source.probability / 100)::numeric, 2)::float8
                      AS prorated_revenue
                 FROM crm_lead AS source
                 JOIN res_company AS company ON company.id = COALESCE(source.company_id, %(company)s)
                 LEFT JOIN res_partner AS partner ON partner.id = source.partner_id
                WHERE %(where)s""",
            factor=self._get_reporting_factor("company", SQL("COALESCE(source.date_closed, source.create_date)::date")),
            company=self.env["res.company"]._get_main_company().id,
            where=where,
        )
