from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source


class CrmFactStage(models.Model):
    """How each deal stood from one moment to another: where it was on any past day, and how long it took."""

    _name = "crm.fact.stage"
    _description = "Pipeline History"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date_entered desc, id desc"
    _rec_name = "lead_id"

    _fact_link = "move_id"
    _fact_date = "date_entered"
    _fact_measures = ("amount", "amount_reporting", "hours")
    _fact_sources = (
        Source(
            "crm_lead_move",
            (
                *("lead_id", "date_entered", "date_left", "stage_id", "from_stage_id", "pipeline_id", "user_id"),
                *("team_id", "company_id", "expected_revenue", "probability", "date_deadline"),
                *("is_stage_move", "is_push", "mover_id"),
            ),
        ),
        Source(
            "crm_lead",
            (
                *("active", "won_status", "date_closed", "create_date", "type", "partner_id", "country_id"),
                *("campaign_id", "medium_id", "source_id", "lost_reason_id"),
            ),
            expand="SELECT id FROM crm_lead_move WHERE lead_id = ANY(%s)",
        ),
        Source(
            "res_partner",
            ("commercial_partner_id",),
            expand="""SELECT move.id FROM crm_lead_move AS move JOIN crm_lead AS lead ON lead.id = move.lead_id
                       WHERE lead.partner_id = ANY(%s)""",
        ),
    )

    move_id = FactMany2one("crm.lead.move", "Move", required=True, readonly=True)
    lead_id = FactMany2one("crm.lead", "Deal", readonly=True, context={"active_test": False})
    date_entered = fields.Datetime("From", readonly=True)
    date_left = fields.Datetime("Until", readonly=True, help="Empty: that is how the deal stands now.")
    as_of = fields.Date("As of", store=False, search="_search_as_of", help="How the pipeline stood on that evening.")
    outcome = fields.Selection(
        [("open", "Still There"), ("moved", "Changed"), ("won", "Won"), ("lost", "Lost"), ("archived", "Archived")],
        "What Came Next",
        readonly=True,
    )
    is_stage_move = fields.Boolean("Changed Stage", readonly=True)
    is_observed = fields.Boolean(
        "Kept as It Happened", readonly=True, help="Otherwise it was found in the chatter, when the history began."
    )
    entry_count = fields.Integer("Entered Stage", readonly=True, help="Rows that begin with a change of stage.")
    push_count = fields.Integer("Closings Put Off", readonly=True)
    date_created = fields.Datetime("Created on", readonly=True)
    company_id = FactMany2one("res.company", "Company", readonly=True)
    pipeline_id = FactMany2one("crm.pipeline", "Pipeline", readonly=True)
    stage_id = FactMany2one("crm.stage", "Stage", readonly=True)
    from_stage_id = FactMany2one("crm.stage", "From Stage", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    country_id = FactMany2one("res.country", "Country", readonly=True)
    campaign_id = FactMany2one("utm.campaign", "Campaign", readonly=True)
    medium_id = FactMany2one("utm.medium", "Medium", readonly=True)
    source_id = FactMany2one("utm.source", "Source", readonly=True)
    date_deadline = fields.Date("Expected Closing", readonly=True, help="As it was believed then.")
    probability = fields.Float(readonly=True, aggregator="avg", help="As it was then.")
    amount = fields.Float("Expected Revenue", readonly=True, help="As it was then, in the company's currency.")
    amount_reporting = fields.Float("Expected Revenue (Reporting Currency)", readonly=True)
    hours = fields.Float(readonly=True, help="Until now for what still stands.")

    _move_unique = models.Constraint("UNIQUE(move_id)", "A move is counted once.")
    _lead_idx = models.Index("(lead_id, date_entered)")
    _entered_idx = models.Index("(date_entered)")
    _left_idx = models.Index("(date_left)")

    def _get_source_document(self):
        return self.lead_id

    @api.model
    def _search_as_of(self, operator, value):
        """Rows that held at the end of a day: one for each deal that was open then."""
        if operator == "in" and len(value) == 1:
            operator, value = "=", next(iter(value))
        if operator != "=" or not value:
            return NotImplemented
        evening = fields.Datetime.to_datetime(fields.Date.add(fields.Date.to_date(value), days=1))
        return [
            ("date_entered", "<", evening),
            *("|", ("date_left", "=", False), ("date_left", ">=", evening)),
        ]

    @api.model
    def _get_fact_query(self, where):
        # A deal that is closed is no longer in its last stage, although its last row goes on.
        return SQL(
            """SELECT source.id AS move_id, lead.id AS lead_id, source.date_entered, ended.date_left,
                      CASE WHEN source.date_left IS NOT NULL AND source.date_left = ended.date_left THEN 'moved'
                           WHEN lead.won_status IN ('won', 'lost') THEN lead.won_status
                           WHEN lead.active THEN 'open' ELSE 'archived' END AS outcome,
                      source.is_stage_move, source.mover_id IS NOT NULL AS is_observed,
                      source.is_stage_move::int AS entry_count,
                      COALESCE(source.is_push, FALSE)::int AS push_count, lead.create_date AS date_created,
                      source.company_id, source.pipeline_id, source.stage_id, source.from_stage_id, source.team_id,
                      source.user_id, COALESCE(partner.commercial_partner_id, partner.id) AS commercial_partner_id,
                      lead.country_id, lead.campaign_id, lead.medium_id, lead.source_id, source.date_deadline,
                      source.probability::float8 AS probability, source.expected_revenue::float8 AS amount,
                      (source.expected_revenue * %(factor)s)::float8 AS amount_reporting,
                      (EXTRACT(EPOCH FROM ended.date_left - source.date_entered) / 3600)::float8 AS hours
                 FROM crm_lead_move AS source
                 JOIN crm_lead AS lead ON lead.id = source.lead_id
                 JOIN res_company AS company ON company.id = COALESCE(source.company_id, %(company)s)
                 LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
                CROSS JOIN LATERAL (SELECT CASE WHEN lead.won_status = 'pending' AND lead.active THEN source.date_left
                      ELSE GREATEST(LEAST(source.date_left, COALESCE(lead.date_closed, source.date_entered)),
                                    source.date_entered) END AS date_left) AS ended
                WHERE %(where)s""",
            factor=self._get_reporting_factor("company", SQL("source.date_entered::date")),
            company=self.env["res.company"]._get_main_company().id,
            where=where,
        )
