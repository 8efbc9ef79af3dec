from odoo import api, fields, models
from odoo.exceptions import UserError

from .line_amounts import join_recurring

# What somebody types stays typed: the products do not overwrite it any more.
AMOUNT_FIELDS = frozenset({"expected_revenue", "recurring_revenue", "recurring_plan"})


class CrmLead(models.Model):
    _inherit = "crm.lead"

    line_ids = fields.One2many("crm.lead.line", "lead_id", "Products", copy=True)
    is_amount_from_lines = fields.Boolean(
        "Amount Follows the Products",
        help="The expected revenue is the sum of the products. Whoever types an amount switches this off.",
    )
    line_total = fields.Monetary("Sold Once", compute="_compute_line_totals", currency_field="company_currency")
    line_monthly_total = fields.Monetary("Per Month", compute="_compute_line_totals", currency_field="company_currency")

    @api.depends("line_ids.price_subtotal", "line_ids.plan_id.number_of_months")
    def _compute_line_totals(self):
        for lead in self:
            once, recurring = lead._sum_lines()
            lead.line_total = once
            lead.line_monthly_total = recurring[0] / recurring[1] if recurring else 0.0

    def _sum_lines(self):
        """What is sold once, and what comes back as (amount, months) or None."""
        recurring = self.line_ids.filtered("plan_id")
        once = sum((self.line_ids - recurring).mapped("price_subtotal"))
        return once, join_recurring([(line.price_subtotal, line.plan_id.number_of_months) for line in recurring])

    def write(self, vals):
        if AMOUNT_FIELDS & vals.keys() and "is_amount_from_lines" not in vals and self._is_amount_typed(vals):
            vals = {**vals, "is_amount_from_lines": False}
        result = super().write(vals)
        if vals.get("is_amount_from_lines") and not self.env.context.get("crm_amount_from_lines"):
            self._follow_lines()
        return result

    def _is_amount_typed(self, vals):
        following = self.filtered("is_amount_from_lines")
        return any(
            following._fields[name].convert_to_cache(vals[name], lead) != lead[name]
            for name in AMOUNT_FIELDS & vals.keys() - {"recurring_plan"}
            for lead in following
        )

    def _follow_lines(self):
        """Take the amounts of the products, where nobody has typed others."""
        for lead in self.with_context(crm_amount_from_lines=True).exists():
            if not lead.is_amount_from_lines and (lead.expected_revenue or lead.recurring_revenue or not lead.line_ids):
                continue
            once, recurring = lead._sum_lines()
            values = {"is_amount_from_lines": True, "expected_revenue": once}
            if recurring or lead.recurring_revenue:
                plan = lead.line_ids.plan_id[:1]
                values.update(recurring_revenue=recurring[0] if recurring else 0.0, recurring_plan=plan.id)
            lead.write(values)

    def _merge_get_fields_specific(self):
        """The amount of the deal that stays follows its products, if it did: then those of all."""
        return {
            **super()._merge_get_fields_specific(),
            "is_amount_from_lines": lambda _name, leads: leads[:1].is_amount_from_lines,
        }

    # ---- into the quotation and back

    def action_new_quotation(self):
        action = super().action_new_quotation()
        if self.line_ids:
            action["context"]["crm_quotation_lines_of"] = self.id
        return action

    def action_take_order_lines(self):
        """What the newest quotation or order says becomes the products of the deal."""
        self.ensure_one()
        order = self.order_ids.filtered(lambda order: order.state != "cancel").sorted("date_order")[-1:]
        if not order:
            raise UserError(self.env._("%(deal)s has no quotation yet: make one first.", deal=self.name))
        return order.action_update_deal()
