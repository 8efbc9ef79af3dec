from odoo import api, fields, models
from odoo.tools import SQL


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "crm.event.source"]

    # The daily search for meetings that are over looks at the last weeks only.
    _event_stop_idx = models.Index("(stop)")

    @api.model_create_multi
    def create(self, vals_list):
        meetings = super().create(vals_list)
        # A series is planned once, not once for each of its days.
        planned = meetings.filtered(lambda meeting: meeting.recurrence_id.base_event_id in (meeting, self.browse()))
        planned._log_meetings("meeting_planned", once=True)
        return meetings

    def write(self, vals):
        starts = {}
        if "start" in vals:
            now = fields.Datetime.now()
            starts = {meeting: meeting.start for meeting in self._filter_single() if meeting.start > now}
        cancelled = self._filter_single() if vals.get("active") is False else self.browse()
        cancelled._log_cancelled()
        result = super().write(vals)
        for meeting, before in starts.items():
            if meeting.start != before:
                times = {"from_time": fields.Datetime.to_string(before), "to_time": str(meeting.start)}
                meeting._log_meetings("meeting_moved", **times)
        if "partner_ids" in vals or "opportunity_id" in vals:
            self._filter_single()._log_meetings("meeting_planned", once=True)
        return result

    def unlink(self):
        self._filter_single()._log_cancelled()
        return super().unlink()

    def _filter_single(self):
        """Meetings in use outside of a series: Odoo removes and makes the days of a series at every change."""
        context = self.env.context
        if context.get("is_calendar_event_new") or context.get("archive_on_error"):
            return self.browse()
        return self.filtered(lambda meeting: meeting.active and not meeting.recurrence_id)

    def _log_cancelled(self):
        """A meeting that is cancelled may be gone tomorrow: the event is about the customer."""
        now = fields.Datetime.now()
        planned = self.filtered(lambda meeting: meeting.stop and meeting.stop > now)
        planned._log_meetings("meeting_cancelled", about_customer=True)

    def _log_meetings(self, code, *, once=False, about_customer=False, **details):
        """Append an event for each customer of each meeting, all in one statement.

        :param once: tell it once per meeting and customer
        :param about_customer: the event's record is the customer instead of the meeting
        """
        vals_list = []
        # sudo: the event is the system's record; a meeting's guests are not hidden from who plans it
        for meeting in self.sudo():
            subject = {} if meeting.privacy == "private" else {"subject": meeting.name}
            for partner in meeting._get_customers():
                customer = partner.commercial_partner_id
                vals = {
                    **meeting._prepare_event_values(),
                    "code": code,
                    "res_model": "res.partner" if about_customer else self._name,
                    "res_id": partner.id if about_customer else meeting.id,
                    "partner_id": partner.id,
                    "commercial_partner_id": customer.id,
                    "payload": {**subject, **details},
                }
                if once:
                    vals["dedupe_key"] = f"{code}:{self._name}:{meeting.id}:{customer.id}"
                vals_list.append(vals)
        if vals_list:
            self.env["crm.event"]._append(vals_list)

    def _get_customers(self):
        """One person of each customer that takes part: the deal's contact, or the first guest from outside."""
        people = self.opportunity_id.partner_id | self.partner_ids
        people = people.filtered(
            lambda person: person.partner_share and not person.commercial_partner_id.ref_company_ids
        )
        return people.browse(
            group[0].id for group in people.grouped(lambda person: person.commercial_partner_id).values()
        )

    def _prepare_event_values(self):
        deal = self.opportunity_id
        return {
            "partner_id": deal.partner_id.id,
            "company_id": deal.company_id.id,
            "user_id": self.user_id.id,
            "team_id": deal.team_id.id,
        }

    # ---- the same as SQL, for the daily search and the back-fill

    @api.model
    def _get_event_columns(self, code):
        return {
            "partner_id": SQL("partner.id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("lead.company_id"),
            "user_id": SQL("document.user_id"),
            "team_id": SQL("lead.team_id"),
            "dedupe_key": SQL("%s || document.id || ':' || partner.commercial_partner_id", f"{code}:calendar.event:"),
            "payload": SQL(
                "CASE WHEN document.privacy = 'private' THEN NULL ELSE jsonb_build_object('subject', document.name) END"
            ),
        }

    @api.model
    def _get_event_tables(self):
        return SQL(
            """calendar_event document
               LEFT JOIN crm_lead lead ON lead.id = document.opportunity_id
               JOIN LATERAL (
                    SELECT DISTINCT ON (person.commercial_partner_id) person.id, person.commercial_partner_id
                      FROM (SELECT lead.partner_id AS id
                             UNION SELECT guest.res_partner_id FROM calendar_event_res_partner_rel guest
                                    WHERE guest.calendar_event_id = document.id) named
                      JOIN res_partner person ON person.id = named.id AND person.partner_share
                     WHERE NOT EXISTS (
                            SELECT FROM res_company company WHERE company.partner_id = person.commercial_partner_id)
                     ORDER BY person.commercial_partner_id, person.id <> COALESCE(lead.partner_id, 0), person.id
               ) partner ON true"""
        )

    @api.model
    def _get_name_sql(self, alias, query):
        """Names of meetings that everybody may know; whether one is private for this reader is for Odoo to say."""
        column = {name: self._field_to_sql(alias, name, query) for name in ("name", "privacy", "user_id")}
        return SQL(
            """CASE WHEN %(user_id)s = %(reader)s OR %(privacy)s = 'public' OR (%(privacy)s IS NULL AND NOT EXISTS (
                        SELECT FROM res_users_settings setting
                         WHERE setting.user_id = %(user_id)s AND setting.calendar_default_privacy = 'private'))
                    THEN %(name)s END""",
            **column,
            reader=self.env.uid,
        )
