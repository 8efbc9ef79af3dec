from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Deals on which nothing happens: no contact, no next step, or the closing is put off too often."""

    _inherit = "crm.lead"

    stale_reason = fields.Char("Why It Is Stale", compute="_compute_stale_reason")
    is_stale = fields.Boolean("Stale", compute="_compute_stale_reason", search="_search_is_stale")

    @api.depends("closing_pushes", "activity_ids", "pipeline_id", "partner_id", "date_last_stage_update", "won_status")
    def _compute_stale_reason(self):
        watched = self.filtered(
            lambda lead: lead.id and lead.pipeline_id and lead.type == "opportunity" and lead.won_status == "pending"
        )
        now = fields.Datetime.now()
        contacts, planned = watched._get_last_contacts(), watched._get_planned_ids()
        for lead in self:
            reasons = lead._tell_staleness(now, contacts, planned) if lead in watched else []
            lead.stale_reason = ", ".join(reasons)
            lead.is_stale = bool(reasons)

    def _tell_staleness(self, now, contacts, planned):
        pipeline, reasons = self.pipeline_id, []
        customer = self.partner_id.commercial_partner_id.id
        # Nobody can have been in touch about a deal before there was one.
        silence = (now - max(contacts.get(customer, self.create_date), self.create_date)).days
        if pipeline.stale_contact_days and silence >= pipeline.stale_contact_days:
            reasons.append(self.env._("no contact for %(days)s days", days=silence))
        waiting = (now - (self.date_last_stage_update or self.create_date)).days
        if self.id not in planned and pipeline.stale_step_days and waiting >= pipeline.stale_step_days:
            reasons.append(self.env._("no next step"))
        if pipeline.stale_pushes and self.closing_pushes >= pipeline.stale_pushes:
            reasons.append(self.env._("closing put off %(times)s times", times=self.closing_pushes))
        return reasons

    def _get_last_contacts(self):
        """When each customer was last in touch, by his id."""
        if not (customers := self.partner_id.commercial_partner_id):
            return {}
        contacts = [("commercial_partner_id", "in", customers.ids), ("type_id.is_contact", "=", True)]
        events = self.env["crm.event"].sudo()  # sudo: a colleague's call counts as well, and its date alone is told
        groups = events._read_group(contacts, ["commercial_partner_id"], ["date:max"])
        return {customer.id: date for customer, date in groups}

    def _get_planned_ids(self):
        """The deals that have a next step: an activity, whosever it is, or a meeting to come."""
        if not self:
            return set()
        # sudo: the colleague's activity is a next step too, and only its existence is told
        activities = self.env["mail.activity"].sudo()
        planned = activities._read_group([("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"])
        meetings = self.env["calendar.event"].sudo()  # sudo: a meeting that is private counts without being shown
        to_come = [("opportunity_id", "in", self.ids), ("start", ">", fields.Datetime.now())]
        met = meetings._read_group(to_come, ["opportunity_id"])
        return {res_id for (res_id,) in planned} | {lead.id for (lead,) in met}

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
