from odoo import api, models
from odoo.tools import SQL

# Both of them are told of whoever was registered and came; of a cancelled registration nothing is.
TURNS = """
    (SELECT registration.id, %(registered)s AS type_id, 'event_registered' AS code, registration.create_date AS date
       FROM event_registration registration WHERE registration.active AND registration.state IN ('open', 'done')
      UNION ALL
     SELECT registration.id, %(attended)s, 'event_attended', COALESCE(registration.date_closed, registration.write_date)
       FROM event_registration registration WHERE registration.active AND registration.state = 'done') turn
    JOIN event_registration registration ON registration.id = turn.id
    JOIN event_event event ON event.id = registration.event_id
    JOIN LATERAL (
         SELECT partner.id, partner.commercial_partner_id FROM res_partner partner
          WHERE partner.id = registration.partner_id
             OR (registration.partner_id IS NULL AND partner.active
                 AND partner.email_normalized = lower(trim(registration.email)))
          ORDER BY partner.id LIMIT 1) document ON true"""


class CrmEventScan(models.AbstractModel):
    """Registrations of Odoo's app Events, where it is installed: the CRM does not ask for it."""

    _inherit = "crm.event.scan"

    @api.model
    def _get_scans(self):
        scans = super()._get_scans()
        return [*scans, "_scan_registrations"] if "event.registration" in self.env else scans

    @api.model
    def _get_labels(self):
        return {**super()._get_labels(), "_scan_registrations": self.env._("Registrations for events, and who came")}

    @api.model
    def _scan_registrations(self):
        """Once per registration that is confirmed, and once more when the customer came.

        The customer is who booked, or the contact with the e-mail address of the attendee. The event's record is the
        customer: whoever sees him need not see the app Events, which may be gone tomorrow.
        """
        for model in ("event.event", "event.registration", "res.partner"):
            self.env[model].flush_model()
        ids = self.env["crm.event.type"]._get_ids_by_code()
        columns = {
            "date": SQL("turn.date"),
            "type_id": SQL("turn.type_id"),
            "partner_id": SQL("document.id"),
            "commercial_partner_id": SQL("document.commercial_partner_id"),
            "company_id": SQL("registration.company_id"),
            "user_id": SQL("event.user_id"),
            "campaign_id": SQL("registration.utm_campaign_id"),
            "medium_id": SQL("registration.utm_medium_id"),
            "source_id": SQL("registration.utm_source_id"),
            "dedupe_key": SQL("turn.code || ':event.registration:' || registration.id"),
            "payload": SQL("jsonb_build_object('subject', %s)", self.env["event.event"]._field_to_sql("event", "name")),
        }
        types = {"registered": ids.get("event_registered"), "attended": ids.get("event_attended")}
        return self._append(None, "res.partner", columns, SQL(TURNS, **types), SQL("turn.type_id IS NOT NULL"))
