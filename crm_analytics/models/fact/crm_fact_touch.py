from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source


class CrmFactTouch(models.Model):
    """Campaign touches: one row per message of a mailing, and what became of it."""

    _name = "crm.fact.touch"
    _description = "Campaign Touches"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "mailing_id"

    _fact_link = "trace_id"
    _fact_date = "date"
    _fact_measures = ("sent_count", "opened_count", "clicked_count", "answered_count", "failed_count")
    _fact_sources = (
        Source(
            "mailing_trace",
            (
                *("trace_status", "sent_datetime", "open_datetime", "reply_datetime", "links_click_datetime"),
                *("mass_mailing_id", "model", "res_id", "trace_type", "is_test_trace"),
            ),
        ),
        Source(
            "mailing_mailing",
            ("campaign_id", "medium_id", "source_id", "user_id"),
            expand="SELECT id FROM mailing_trace WHERE mass_mailing_id = ANY(%s)",
        ),
        Source(
            "crm_lead",
            ("team_id", "partner_id", "company_id"),
            expand="SELECT id FROM mailing_trace WHERE model = 'crm.lead' AND res_id = ANY(%s)",
        ),
    )

    trace_id = FactMany2one("mailing.trace", "Message", required=True, readonly=True)
    mailing_id = FactMany2one("mailing.mailing", "Mailing", readonly=True)
    date = fields.Datetime("Sent on", readonly=True, help="When it was planned, for what has not left.")
    kind = fields.Selection([("mail", "E-mail"), ("sms", "SMS")], "Channel", readonly=True)
    company_id = FactMany2one("res.company", "Company", readonly=True)
    campaign_id = FactMany2one("utm.campaign", "Campaign", readonly=True)
    medium_id = FactMany2one("utm.medium", "Medium", readonly=True)
    source_id = FactMany2one("utm.source", "Source", readonly=True)
    user_id = FactMany2one("res.users", "Responsible", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    sent_count = fields.Integer("Sent", readonly=True)
    opened_count = fields.Integer("Opened", readonly=True)
    clicked_count = fields.Integer("Clicked", readonly=True)
    answered_count = fields.Integer("Answered", readonly=True)
    failed_count = fields.Integer("Not Delivered", readonly=True)

    _trace_unique = models.Constraint("UNIQUE(trace_id)", "A message is counted once.")
    _date_idx = models.Index("(date)")
    _campaign_idx = models.Index("(campaign_id, date)")
    _customer_idx = models.Index("(commercial_partner_id)")

    def _get_source_document(self):
        return self.mailing_id

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS trace_id, mailing.id AS mailing_id,
                      COALESCE(source.sent_datetime, source.create_date) AS date, source.trace_type AS kind,
                      COALESCE(lead.company_id, partner.company_id) AS company_id,
                      mailing.campaign_id, mailing.medium_id, mailing.source_id, mailing.user_id, lead.team_id,
                      COALESCE(partner.commercial_partner_id, partner.id) AS commercial_partner_id,
                      (source.trace_status IN ('pending', 'sent', 'open', 'reply', 'bounce'))::int AS sent_count,
                      (source.trace_status IN ('open', 'reply') OR source.open_datetime IS NOT NULL)::int
                      AS opened_count,
                      (source.links_click_datetime IS NOT NULL)::int AS clicked_count,
                      (source.trace_status = 'reply' OR source.reply_datetime IS NOT NULL)::int AS answered_count,
                      (source.trace_status IN ('bounce', 'error', 'cancel'))::int AS failed_count
                 FROM mailing_trace AS source
                 JOIN mailing_mailing AS mailing ON mailing.id = source.mass_mailing_id
                 LEFT JOIN crm_lead AS lead ON source.model = 'crm.lead' AND lead.id = source.res_id
                 LEFT JOIN res_partner AS partner ON partner.id = CASE WHEN source.model = 'res.partner'
                                                                       THEN source.res_id ELSE lead.partner_id END
                WHERE NOT COALESCE(source.is_test_trace, FALSE) AND %s""",
            where,
        )
