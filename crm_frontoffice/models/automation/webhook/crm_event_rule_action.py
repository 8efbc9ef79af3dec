from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CrmEventRuleAction(models.Model):
    _inherit = "crm.event.rule.action"

    kind = fields.Selection(selection_add=[("webhook", "Call a webhook")], ondelete={"webhook": "cascade"})
    webhook_id = fields.Many2one("crm.webhook", index="btree_not_null", ondelete="restrict")

    @api.constrains("kind", "webhook_id")
    def _check_webhook(self):
        for action in self:
            if action.kind == "webhook" and not action.webhook_id:
                raise ValidationError(self.env._("%(rule)s: choose the webhook.", rule=action.rule_id.name))

    def _run_webhook(self, firings):
        """Put the events into the queue of the webhook; those that it listens to by itself are there already."""
        # sudo: the rule works for the system
        deliveries = self.env["crm.webhook.delivery"].sudo()
        made = deliveries._enqueue(SQL("event.id = ANY(%s)", firings.event_id.ids), self.webhook_id)
        by_event = made.grouped("event_id")
        return [by_event.get(firing.event_id, made.browse()) for firing in firings]
