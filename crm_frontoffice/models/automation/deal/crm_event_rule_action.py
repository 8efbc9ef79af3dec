from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmEventRuleAction(models.Model):
    """What a rule does with deals: that of the event, or of the order it tells of."""

    _inherit = "crm.event.rule.action"

    kind = fields.Selection(
        selection_add=[
            ("deal", "Open a deal"),
            ("deal_move", "Move the deal"),
            ("deal_tag", "Tag the deal"),
            ("deal_win", "Win the deal"),
        ],
        ondelete={kind: "cascade" for kind in ("deal", "deal_move", "deal_tag", "deal_win")},
    )
    deal_name = fields.Char(
        translate=True, help="May hold {customer}, {document}, {event} and {amount}. Empty: the event and the document."
    )
    deal_stage_id = fields.Many2one("crm.stage", "To Stage")
    deal_tag_ids = fields.Many2many("crm.tag", string="Deal Tags")

    @api.constrains("deal_name")
    def _check_deal_name(self):
        for action in self:
            action._check_placeholders(action.deal_name)

    @api.constrains("kind", "deal_stage_id", "deal_tag_ids")
    def _check_deal(self):
        for action in self:
            if action.kind == "deal_move" and not action.deal_stage_id:
                raise ValidationError(self.env._("%(rule)s: name the stage.", rule=action.rule_id.name))
            if action.kind == "deal_tag" and not action.deal_tag_ids:
                raise ValidationError(self.env._("%(rule)s: name the tags.", rule=action.rule_id.name))

    def _run_deal(self, firings):
        """Open a deal per firing, all in one batch."""
        vals_list = []
        for firing in firings:
            event = firing.event_id
            vals_list.append(
                {
                    "name": self._format(self.deal_name or "{event}: {document}", event),
                    "type": "opportunity",
                    "partner_id": (event.partner_id or event.commercial_partner_id).id,
                    "user_id": self._get_responsible(event).id,
                    "tag_ids": [(6, 0, self.deal_tag_ids.ids)],
                    **({"stage_id": self.deal_stage_id.id} if self.deal_stage_id else {}),
                }
            )
        return list(self.env["crm.lead"].create(vals_list))

    def _run_deal_move(self, firings):
        """Gates hold here too: what a deal lacks is the error of its firing."""
        deals = self._get_deals(firings)
        open_deals = self.env["crm.lead"].union(*deals).filtered(lambda deal: deal.won_status == "pending")
        open_deals.filtered(lambda deal: deal.stage_id != self.deal_stage_id).write({"stage_id": self.deal_stage_id.id})
        return deals

    def _run_deal_tag(self, firings):
        deals = self._get_deals(firings)
        self.env["crm.lead"].union(*deals).write({"tag_ids": [(4, tag.id) for tag in self.deal_tag_ids]})
        return deals

    def _run_deal_win(self, firings):
        """Win the deals with the sum of all their confirmed orders, in the company's currency."""
        deals = self._get_deals(firings)
        pending = self.env["crm.lead"].union(*deals).filtered(lambda deal: deal.won_status == "pending")
        for deal in pending:
            deal.expected_revenue = deal.sale_amount_total
        if pending:
            pending.action_set_won()
        return deals

    def _get_deals(self, firings):
        """The deal of each firing: what its event is about, or what the order of its event belongs to."""
        deals = []
        for firing in firings:
            record = firing.event_id._get_source_record()
            if record._name != "crm.lead":
                record = record["opportunity_id"] if "opportunity_id" in record._fields else self.env["crm.lead"]
            deals.append(record)
        return deals
