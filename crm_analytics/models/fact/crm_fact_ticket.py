from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_service_desk.models.choices import CATEGORIES, CHANNELS, PRIORITIES

from ...fields import FactMany2one
from .capture import Source


class CrmFactTicket(models.Model):
    """Service: one row per ticket."""

    _name = "crm.fact.ticket"
    _description = "Tickets"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date_created desc, id desc"
    _rec_name = "date_created"

    _fact_link = "ticket_id"
    _fact_date = "date_created"
    _fact_measures = ("hours_to_answer", "hours_to_close", "missed_count")
    _fact_sources = (
        Source(
            "service_ticket",
            (
                *("create_date", "date_opened", "date_first_answer", "date_closed", "company_id", "team_id", "user_id"),
                *("partner_id", "commercial_partner_id", "stage_id", "category", "priority", "channel", "sla_state"),
            ),
        ),
    )

    # The subject of a ticket is for those who may read tickets; the figures are for the sales managers too.
    ticket_id = FactMany2one(
        "service.ticket", "Ticket", required=True, readonly=True, groups="crm_service_desk.group_service_desk_agent"
    )
    date_created = fields.Datetime("Opened on", readonly=True)
    date_closed = fields.Datetime("Ended on", readonly=True)
    is_open = fields.Boolean("Open", readonly=True)
    company_id = FactMany2one("res.company", "Company", readonly=True)
    team_id = FactMany2one("service.team", "Service Team", readonly=True)
    user_id = FactMany2one("res.users", "Agent", readonly=True)
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    stage_id = FactMany2one("service.stage", "Stage", readonly=True)
    category = fields.Selection(CATEGORIES, "Status", readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    sla_state = fields.Selection(
        [("missed", "Missed"), ("running", "Running"), ("paused", "Paused"), ("met", "Met")], "SLA", readonly=True
    )
    missed_count = fields.Integer("SLA Missed", readonly=True)
    hours_to_answer = fields.Float("Hours to First Answer", readonly=True, aggregator="avg")
    hours_to_close = fields.Float("Hours to End", readonly=True, aggregator="avg")

    _ticket_unique = models.Constraint("UNIQUE(ticket_id)", "A ticket is counted once.")
    _created_idx = models.Index("(date_created)")
    _open_idx = models.Index("(team_id, category) WHERE is_open")
    _customer_idx = models.Index("(commercial_partner_id)")

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS ticket_id, source.date_opened AS date_created, source.date_closed,
                      source.category NOT IN ('solved', 'closed') AS is_open,
                      source.company_id, source.team_id, source.user_id,
                      source.commercial_partner_id, source.stage_id, source.category, source.priority,
                      source.channel, source.sla_state,
                      (COALESCE(source.sla_state, '') = 'missed')::int AS missed_count,
                      (EXTRACT(EPOCH FROM source.date_first_answer - source.date_opened) / 3600)::float8
                      AS hours_to_answer,
                      (EXTRACT(EPOCH FROM source.date_closed - source.date_opened) / 3600)::float8 AS hours_to_close
                 FROM service_ticket AS source
                WHERE %s""",
            where,
        )
