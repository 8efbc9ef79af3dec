from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source


class CrmFactEvent(models.Model):
    """Customer events: one row per event of the log, but for facts of a person's life and what suppliers bill."""

    _name = "crm.fact.event"
    _description = "Customer Events"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "type_id"

    _fact_link = "event_id"
    _fact_date = "date"
    _fact_measures = ("amount",)
    _fact_cubes = ("crm.fact.event.day",)
    _fact_sources = (
        Source(
            "crm_event",
            (
                *("date", "type_id", "commercial_partner_id", "company_id", "user_id", "team_id", "amount"),
                *("campaign_id", "medium_id", "source_id", "res_model", "res_id"),
            ),
        ),
    )

    event_id = FactMany2one("crm.event", "Event Row", required=True, readonly=True)
    date = fields.Datetime(readonly=True)
    type_id = FactMany2one("crm.event.type", "Event", readonly=True)
    kind = fields.Selection(selection=lambda self: self.env["crm.event.type"]._fields["kind"].selection, readonly=True)
    channel = fields.Selection(
        selection=lambda self: self.env["crm.event.type"]._fields["channel"].selection, readonly=True
    )
    direction = fields.Selection(
        selection=lambda self: self.env["crm.event.type"]._fields["direction"].selection, readonly=True
    )
    company_id = FactMany2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    lead_id = FactMany2one("crm.lead", "Deal", readonly=True, context={"active_test": False})
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    campaign_id = FactMany2one("utm.campaign", "Campaign", readonly=True)
    medium_id = FactMany2one("utm.medium", "Medium", readonly=True)
    source_id = FactMany2one("utm.source", "Source", readonly=True)
    amount = fields.Float(readonly=True, help="In the company's currency.")

    _event_unique = models.Constraint("UNIQUE(event_id)", "An event is counted once.")
    _date_idx = models.Index("(date) INCLUDE (type_id, user_id, team_id)")
    _customer_idx = models.Index("(commercial_partner_id, date)")
    _deal_idx = models.Index("(lead_id, date) WHERE lead_id IS NOT NULL")

    def _get_source_document(self):
        event = self.event_id
        if event.res_model not in self.env or not event.res_id:
            return self.commercial_partner_id
        document = self.env[event.res_model].browse(event.res_id)
        if not document.exists():
            raise UserError(self.env._("The document of this event is gone."))
        return document

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS event_id, source.date, source.type_id, type.kind, type.channel, type.direction,
                      source.company_id, source.commercial_partner_id, lead.id AS lead_id,
                      source.user_id, source.team_id, source.campaign_id, source.medium_id, source.source_id,
                      source.amount::float8 AS amount
                 FROM crm_event AS source
                 JOIN crm_event_type AS type ON type.id = source.type_id
                 LEFT JOIN crm_lead AS lead ON source.res_model = 'crm.lead' AND lead.id = source.res_id
                WHERE type.code != 'bill_posted' AND NOT COALESCE(type.is_personal, FALSE) AND %s""",
            where,
        )
