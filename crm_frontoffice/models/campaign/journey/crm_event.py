from odoo import SUPERUSER_ID, fields, models
from odoo.tools import SQL


class CrmEvent(models.Model):
    _inherit = "crm.event"

    def _on_appended(self, type_ids):
        self._queue_journeys(type_ids)
        return super()._on_appended(type_ids)

    def _queue_journeys(self, type_ids):
        """Have the journeys look at these events after the commit: nobody's work waits for them."""
        listening = self.env["crm.journey"]._get_listening_type_ids()
        if type_ids.isdisjoint(listening):
            return
        heard = self.filtered(lambda event: event.type_id.id in listening)
        system = heard.with_env(self.env(user=SUPERUSER_ID, context={}))
        system.with_delay(description="Journeys: events")._pass_to_journeys()

    def _pass_to_journeys(self):
        """Job: let in whom these events bring, and wake up who has waited for them."""
        journeys = self.env["crm.journey"].search([("state", "=", "running"), ("entry", "=", "event")])
        for journey in journeys.filtered(lambda journey: journey.entry_type_id in self.type_id):
            journey._enrol(
                SQL(
                    """SELECT COALESCE(partner_id, commercial_partner_id) AS partner_id, id AS event_id
                         FROM crm_event WHERE id = ANY(%s) AND type_id = %s
                          AND COALESCE(partner_id, commercial_partner_id) IS NOT NULL
                          AND (company_id IS NULL OR company_id = %s)""",
                    self.ids,
                    journey.entry_type_id.id,
                    journey.company_id.id,
                )
            )
        self._wake_participants()

    def _wake_participants(self):
        """What was waited for, a goal or an end is looked at now, not when the wait is over."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """WITH woken AS (
                       SELECT participant.id FROM crm_event event
                         JOIN res_partner partner ON partner.commercial_partner_id = event.commercial_partner_id
                         JOIN crm_journey_participant participant
                           ON participant.partner_id = partner.id AND participant.state = 'waiting'
                         JOIN crm_journey journey ON journey.id = participant.journey_id
                         JOIN crm_journey_step step ON step.id = participant.step_id
                        WHERE event.id = ANY(%(events)s) AND participant.date_due > %(now)s
                          AND (journey.goal_type_id = event.type_id
                               OR EXISTS (SELECT FROM crm_journey_exit_rel ending
                                           WHERE ending.crm_journey_id = journey.id
                                             AND ending.crm_event_type_id = event.type_id)
                               OR (step.kind = 'wait' AND step.wait_kind = 'until' AND (
                                   step.condition_kind = 'reaction' OR step.type_id = event.type_id))))
                   UPDATE crm_journey_participant participant SET date_due = %(now)s
                     FROM woken WHERE woken.id = participant.id
                RETURNING participant.journey_id""",
                events=self.ids,
                now=now,
            )
        )
        if rows:
            self.env["crm.journey.participant"].invalidate_model(["date_due"])
            self.env["crm.journey"].browse({row[0] for row in rows})._request_ticks()
