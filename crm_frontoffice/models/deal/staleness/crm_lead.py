from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Of each deal, what has gone on for too long.
STALENESS = """
    WITH facts AS (
        SELECT lead.id, pipeline.stale_contact_days, pipeline.stale_step_days, pipeline.stale_pushes,
               COALESCE(lead.closing_pushes, 0) AS pushes,
               EXTRACT(DAY FROM %(now)s - GREATEST(lead.create_date, contact.date))::int AS silence,
               EXTRACT(DAY FROM %(now)s - COALESCE(lead.date_last_stage_update, lead.create_date))::int
                   AS waiting
          FROM crm_lead lead
          JOIN crm_pipeline pipeline ON pipeline.id = lead.pipeline_id
          LEFT JOIN res_partner partner ON partner.id = lead.partner_id
          LEFT JOIN LATERAL (
               SELECT event.date FROM crm_event event
                 JOIN crm_event_type type ON type.id = event.type_id AND type.is_contact
                WHERE event.commercial_partner_id = partner.commercial_partner_id
                ORDER BY event.date DESC LIMIT 1
          ) contact ON TRUE
         WHERE lead.id = ANY(%(ids)s) AND lead.type = 'opportunity' AND lead.won_status = 'pending'
    )
    SELECT id,
           CASE WHEN stale_contact_days > 0 AND silence >= stale_contact_days THEN silence END,
           CASE WHEN stale_step_days > 0 AND waiting >= stale_step_days
                 AND NOT EXISTS (SELECT FROM mail_activity activity
                                  WHERE activity.active AND activity.res_model = 'crm.lead'
                                    AND activity.res_id = facts.id)
                 AND NOT EXISTS (SELECT FROM calendar_event meeting
                                  WHERE meeting.active AND meeting.opportunity_id = facts.id
                                    AND meeting.start > %(now)s) THEN waiting END,
           CASE WHEN stale_pushes > 0 AND pushes >= stale_pushes THEN pushes END
      FROM facts"""


class CrmLead(models.Model):
    """Deals on which nothing happens: no contact, no next step, or the closing is put off too often."""

    _inherit = "crm.lead"

    stale_reason = fields.Char("Why It Is Stale", compute="_compute_stale_reason")
    is_stale = fields.Boolean("Stale", compute="_compute_stale_reason", search="_search_is_stale")

    @api.depends("closing_pushes", "activity_ids", "pipeline_id", "partner_id", "date_last_stage_update", "won_status")
    def _compute_stale_reason(self):
        reasons = self._read_staleness()
        for lead in self:
            lead.stale_reason = self._tell_staleness(*reasons[lead.id]) if lead.id in reasons else ""
            lead.is_stale = bool(lead.stale_reason)

    def _tell_staleness(self, silence, waiting, pushes):
        reasons = []
        if silence:
            reasons.append(self.env._("no contact for %(days)s days", days=silence))
        if waiting:
            reasons.append(self.env._("no next step"))
        if pushes:
            reasons.append(self.env._("closing put off %(times)s times", times=pushes))
        return ", ".join(reasons)

    def _read_staleness(self):
        """What has gone on for too long, by id: days without contact, days without a next step, closings put off.

        One query of few columns, since every card of the board asks. A colleague's calls and plans count like one's
        own, only their dates are told; nobody can have been in touch about a deal before there was one.
        """
        if not (ids := [lead_id for lead_id in self._ids if isinstance(lead_id, int)]):
            return {}
        self.env["crm.pipeline"].flush_model()
        self.flush_model(
            ["pipeline_id", "partner_id", "date_last_stage_update", "closing_pushes", "won_status", "type"]
        )
        for model in ("crm.event", "mail.activity", "calendar.event"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                STALENESS,
                now=fields.Datetime.now(),
                ids=ids,
            )
        )
        return {lead_id: reasons for lead_id, *reasons in rows if any(reasons)}

    @api.model
    def _search_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        pipelines = self.env["crm.pipeline"].search(Domain.TRUE)
        stale = Domain.OR(self._get_stale_domain(pipeline) for pipeline in pipelines)
        stale &= Domain("won_status", "=", "pending") & Domain("type", "=", "opportunity")
        return stale if True in value else ~stale

    def _get_stale_domain(self, pipeline):
        now = fields.Datetime.now()
        stale = Domain.FALSE
        if pipeline.stale_contact_days:
            since = now - timedelta(days=pipeline.stale_contact_days)
            stale |= Domain("create_date", "<=", since) & ~self._get_contacted_domain(since)
        if pipeline.stale_step_days:
            since = now - timedelta(days=pipeline.stale_step_days)
            stale |= Domain("date_last_stage_update", "<=", since) & ~self._get_planned_domain(now)
        if pipeline.stale_pushes:
            stale |= Domain("closing_pushes", ">=", pipeline.stale_pushes)
        return stale & Domain("pipeline_id", "=", pipeline.id)

    def _get_contacted_domain(self, since):
        contacts = Domain("type_id.is_contact", "=", True) & Domain("date", ">", since)
        contacts &= Domain("commercial_partner_id", "!=", False)
        # sudo: as for the text on the card
        query = self.env["crm.event"].sudo()._search(contacts)
        return Domain("partner_id.commercial_partner_id", "in", query.subselect("commercial_partner_id"))

    def _get_planned_domain(self, now):
        # sudo: as for the text on the card
        activities = self.env["mail.activity"].sudo()._search([("res_model", "=", self._name)])
        # sudo: the same
        meetings = self.env["calendar.event"].sudo()._search([("opportunity_id", "!=", False), ("start", ">", now)])
        return Domain("id", "in", activities.subselect("res_id")) | Domain(
            "id", "in", meetings.subselect("opportunity_id")
        )
