from odoo import fields, models
from odoo.tools import SQL


class CrmEvent(models.Model):
    _inherit = "crm.event"

    def _on_appended(self, type_ids):
        self._queue_rules(type_ids)
        return super()._on_appended(type_ids)

    def _queue_rules(self, type_ids):
        """Note for each rule that listens that it has to look at these events, in the transaction of the events.

        A rule sees only what happens while it is switched on: switching it on does not fire it for the past. It answers
        the first time that something is told, or the day that it names, not that an invoice is overdue for longer.
        """
        if type_ids.isdisjoint(self.env["crm.event.rule"]._get_listening_type_ids()):
            return
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO crm_event_firing (rule_id, event_id, state, create_date, date_due, is_end)
                   SELECT rule.id, event.id, 'pending', now() AT TIME ZONE 'UTC',
                          %(now)s::timestamp + make_interval(hours => NULLIF(rule.delay_hours, 0)), FALSE
                     FROM crm_event event
                     JOIN crm_event_rule rule ON rule.type_id = event.type_id AND rule.active
                    WHERE event.id = ANY(%(ids)s)
                      AND CASE WHEN COALESCE(rule.at_days, 0) > 0 THEN (event.payload->>'days')::int = rule.at_days
                               ELSE event.payload->'again' IS NULL END
                    UNION ALL
                   SELECT rule.id, event.id, 'pending', now() AT TIME ZONE 'UTC', NULL, TRUE
                     FROM crm_event event
                     JOIN crm_event_rule_end_rel ending ON ending.crm_event_type_id = event.type_id
                     JOIN crm_event_rule rule ON rule.id = ending.crm_event_rule_id AND rule.active
                    WHERE event.id = ANY(%(ids)s)
                    ORDER BY 2
                   ON CONFLICT (rule_id, event_id) DO NOTHING
                   RETURNING id""",
                ids=self.ids,
                now=fields.Datetime.now(),
            )
        )
        if rows:
            self.env["crm.event.rule"].invalidate_model(["firing_ids", "firing_count"])
            self.env["crm.event.firing"]._request_processing()

    def _get_source_record(self):
        """The document that the event is about, or an empty recordset of partners when it is gone."""
        self.ensure_one()
        if self.res_model in self.env:
            record = self.env[self.res_model].browse(self.res_id).exists()
            if record:
                return record
        return self.env["res.partner"]

    def _get_activity_record(self):
        """Where an activity about the event belongs."""
        record = self._get_source_record()
        if record and "activity_ids" in record._fields:
            return record
        return self.partner_id or self.commercial_partner_id
