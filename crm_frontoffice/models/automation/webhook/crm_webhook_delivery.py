import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .webhook_protocol import REFUSALS, get_wait

KEPT_DAYS = 30  # for which it is kept that an event was sent
MOST_SHOWN = 500  # characters of an answer


class CrmWebhookDelivery(models.Model):
    """An event on its way to a webhook: written with the event, sent in the background, at least once."""

    _name = "crm.webhook.delivery"
    _description = "Webhook Delivery"
    _order = "id desc"
    _rec_name = "webhook_id"
    _log_access = False

    webhook_id = fields.Many2one("crm.webhook", required=True, readonly=True, ondelete="cascade")
    event_id = fields.Many2one("crm.event", required=True, readonly=True, index=True, ondelete="cascade")
    type_id = fields.Many2one(related="event_id.type_id", string="Event Type")
    partner_id = fields.Many2one(related="event_id.commercial_partner_id", string="Customer")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("failed", "Will be tried again"),
            ("dead", "Dead letter"),
            ("skipped", "Conditions not met"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    attempts = fields.Integer(readonly=True)
    create_date = fields.Datetime("Event Seen", readonly=True)
    date_next_try = fields.Datetime("Next Try", readonly=True)
    date_done = fields.Datetime("Done", readonly=True)
    http_status = fields.Integer("HTTP Status", readonly=True, aggregator=None)
    answer = fields.Char(readonly=True, help="The beginning of what the receiver answered, when it did not take it.")
    error = fields.Char(readonly=True)

    _webhook_event_unique = models.UniqueIndex("(webhook_id, event_id)")
    _open_idx = models.Index("(webhook_id, event_id) WHERE state IN ('waiting', 'failed')")
    _done_idx = models.Index("(webhook_id, state, date_done)")
    _old_idx = models.Index("(date_done) WHERE state IN ('sent', 'skipped')")

    # ---- the outbox

    @api.model
    def _enqueue(self, events, webhook=None, *, again=False):
        """Write what is to be sent, in one statement and the transaction of the events, and ask for the jobs.

        :param events: SQL condition over crm_event, alias `event`
        :param webhook: only this one, whatever types it listens to; otherwise all that listen to the event
        :param again: send again what this webhook was sent already
        :return: the deliveries that wait now
        """
        webhooks = self.env["crm.webhook"]
        webhooks.flush_model(["active", "company_id", "is_all_types", "type_ids"])
        self.flush_model()
        listens = SQL(
            """(webhook.is_all_types OR EXISTS (
                SELECT FROM crm_event_type_crm_webhook_rel listened
                 WHERE listened.crm_webhook_id = webhook.id AND listened.crm_event_type_id = event.type_id))"""
        )
        renewed = SQL(
            """UPDATE SET state = 'waiting', attempts = 0, date_next_try = NULL, date_done = NULL, error = NULL,
                          answer = NULL, http_status = NULL
                WHERE crm_webhook_delivery.state NOT IN ('waiting', 'failed')"""
        )
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO crm_webhook_delivery (webhook_id, event_id, state, attempts, create_date)
                   SELECT webhook.id, event.id, 'waiting', 0, now() AT TIME ZONE 'UTC'
                     FROM crm_event event
                     JOIN crm_event_type type ON type.id = event.type_id
                      AND type.code <> 'bill_posted' AND type.is_personal IS NOT TRUE
                     JOIN crm_webhook webhook ON webhook.active
                      AND (event.company_id IS NULL OR event.company_id = webhook.company_id)
                    WHERE %s AND %s
                   ON CONFLICT (webhook_id, event_id) DO %s
                   RETURNING id, webhook_id""",
                events,
                SQL("webhook.id = %s", webhook.id) if webhook else listens,
                renewed if again else SQL("NOTHING"),
            )
        )
        self.invalidate_model()
        webhooks.browse({row[1] for row in rows})._request_sending()
        return self.browse(row[0] for row in rows)

    # ---- sending

    def _prepare_body(self):
        """What travels, which is how the event looks now: a merged customer bears his new id."""
        return {
            # The same for each try and each replay of this event.
            "id": f"{self.webhook_id.id}-{self.event_id.id}",
            "event": self.env["crm.gateway"]._format_change(self.event_id),
        }

    def _note(self, answer):
        """Keep what came of a try, and when the next one is."""
        now = fields.Datetime.now()
        values = {"attempts": self.attempts + 1, "http_status": answer.status, "date_next_try": False}
        if answer.is_taken:
            self.write({**values, "state": "sent", "date_done": now, "error": False, "answer": False})
            return
        values |= {"error": self.webhook_id._describe_failure(answer), "answer": answer.text[:MOST_SHOWN]}
        wait = None if answer.status in REFUSALS else get_wait(self.attempts + 1, random.random())
        if wait is None:
            self.write({**values, "state": "dead", "date_done": now})
            self.webhook_id._pause_when_hopeless()
        else:
            self.write({**values, "state": "failed", "date_next_try": now + timedelta(seconds=wait)})

    def action_replay(self):
        """Send again, with all tries; the receiver recognises the event by its delivery id."""
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Choose the deliveries to send again."))
        # sudo: deliveries are the system's; managers, who alone may read them, may have them sent again
        deliveries = self.sudo()
        deliveries.write(
            {"state": "waiting", "attempts": 0, "date_next_try": False, "date_done": False, "error": False}
        )
        deliveries.webhook_id._request_sending()

    @api.autovacuum
    def _gc_sent(self):
        """Forget what was sent long ago; dead letters stay."""
        self.flush_model(["state", "date_done"])
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.env.cr.execute(
            SQL("DELETE FROM crm_webhook_delivery WHERE state IN ('sent', 'skipped') AND date_done < %s", limit)
        )
        self.invalidate_model()
