from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CrmEventRuleAction(models.Model):
    _inherit = "crm.event.rule.action"

    kind = fields.Selection(selection_add=[("journey", "Enrol in a journey")], ondelete={"journey": "cascade"})
    journey_id = fields.Many2one("crm.journey", index="btree_not_null", ondelete="restrict")

    @api.constrains("kind", "journey_id")
    def _check_journey(self):
        for action in self:
            if action.kind == "journey" and not action.journey_id:
                raise ValidationError(self.env._("%(rule)s: choose the journey.", rule=action.rule_id.name))

    def _run_journey(self, firings):
        """Let the customers of the events in; who may not enter again, and journeys that do not run, make nothing."""
        participants = self.env["crm.journey.participant"]
        if self.journey_id.state == "running":
            participants = self.journey_id._enrol(
                SQL(
                    """SELECT COALESCE(partner_id, commercial_partner_id) AS partner_id, id AS event_id
                         FROM crm_event WHERE id = ANY(%s) AND commercial_partner_id IS NOT NULL""",
                    firings.event_id.ids,
                )
            )
        by_event = participants.grouped("event_id")
        return [by_event.get(firing.event_id, participants.browse()) for firing in firings]
