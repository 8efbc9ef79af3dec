from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .crm_webhook import OUTWARD


class CrmWebhookReplay(models.TransientModel):
    """Sends the events of a time once more, as a receiver needs that lost data or was added later."""

    _name = "crm.webhook.replay"
    _description = "Replay Events to a Webhook"

    webhook_id = fields.Many2one("crm.webhook", required=True, ondelete="cascade")
    date_from = fields.Datetime("From", required=True)
    date_to = fields.Datetime("To", required=True, default=lambda self: fields.Datetime.now())
    scope = fields.Selection(
        [("dead", "Dead letters"), ("all", "All events, also those that were sent or happened before the webhook")],
        required=True,
        default="dead",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if any(replay.date_from > replay.date_to for replay in self):
            raise ValidationError(self.env._("The time ends before it begins: exchange From and To."))

    def action_replay(self):
        """Put the events of the time into the queue; those that wait already stay as they are."""
        self.ensure_one()
        self.webhook_id.check_access("write")
        wanted = SQL("event.date BETWEEN %s AND %s", self.date_from, self.date_to)
        if self.scope == "dead":
            wanted = SQL(
                """%s AND event.id IN (SELECT event_id FROM crm_webhook_delivery
                                        WHERE webhook_id = %s AND state = 'dead')""",
                wanted,
                self.webhook_id.id,
            )
        else:
            wanted = SQL("%s AND event.type_id = ANY(%s)", wanted, self._get_type_ids())
        # sudo: deliveries are the system's; whoever may set up the webhook may have its events sent again
        deliveries = self.env["crm.webhook.delivery"].sudo()._enqueue(wanted, self.webhook_id, again=True)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s events will be sent.", count=len(deliveries)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_type_ids(self):
        webhook = self.webhook_id
        types = webhook.type_ids
        if webhook.is_all_types:
            types = types.search(OUTWARD)
        return types.ids
