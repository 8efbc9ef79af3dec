from odoo import fields, models


class CrmEventRuleAction(models.Model):
    _inherit = "crm.event.rule.action"

    kind = fields.Selection(
        selection_add=[("hold", "Put the customer on hold"), ("hold_release", "Release the customer's holds")],
        ondelete={"hold": "cascade", "hold_release": "cascade"},
    )
    hold_level = fields.Selection([("warn", "Warn"), ("stop", "Stop new orders")], default="stop")
    hold_days = fields.Integer("For Days", help="0: until the cause ends or somebody releases it.")

    def _run_hold(self, firings):
        """Hold the customers; who is held by this rule already has one more cause for the same hold."""
        holds = self.env["crm.hold"]
        known = holds.search([("rule_id", "=", self.rule_id.id), ("is_current", "=", True)]).grouped("partner_id")
        result = []
        for event in firings.event_id:
            customer = event.commercial_partner_id
            if customer and customer not in known:
                known[customer] = holds.create(self._prepare_hold(event))
            result.append(known.get(customer, holds)[:1])
        return result

    def _prepare_hold(self, event):
        today = fields.Date.context_today(self)
        return {
            "partner_id": event.commercial_partner_id.id,
            "company_id": event.company_id.id,
            "level": self.hold_level or "stop",
            "reason": self.summary or self.rule_id.name,
            "rule_id": self.rule_id.id,
            "until": fields.Date.add(today, days=self.hold_days) if self.hold_days else False,
        }

    def _run_hold_release(self, firings):
        """Release what rules have put; what people have put is theirs to release."""
        holds = self.env["crm.hold"]
        customers = firings.event_id.commercial_partner_id
        held = holds.search(
            [("partner_id", "in", customers.ids), ("rule_id", "!=", False), ("date_released", "=", False)]
        )
        held._release(self.env.user)
        return [holds] * len(firings)
