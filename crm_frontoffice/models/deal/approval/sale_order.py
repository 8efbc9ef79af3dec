from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ....contexts import INSIDE
from .discount import compute_discount


class SaleOrder(models.Model):
    """Discounts above a limit are decided by somebody else before the offer goes out; the customer is never held up."""

    _inherit = "sale.order"

    approval_ids = fields.One2many("crm.approval", "order_id", "Approvals", readonly=True)
    discount_percent = fields.Float("Discount (%)", compute="_compute_discount_percent")
    approval_need = fields.Char("To Be Approved", compute="_compute_approval_need")
    approval_waiting = fields.Char("Waiting for", compute="_compute_approval_need")

    @api.depends("order_line.price_unit", "order_line.discount", "order_line.product_uom_qty")
    def _compute_discount_percent(self):
        for order in self:
            order.discount_percent = compute_discount(
                (line.product_uom_qty, line._get_price_before_discount(), line.price_unit * (1 - line.discount / 100))
                for line in order.order_line
                if not line.display_type
            )

    @api.depends("discount_percent", "approval_ids.state", "approval_ids.covered", "state")
    def _compute_approval_need(self):
        lacking = self.filtered(lambda order: order.state in ("draft", "sent"))._find_unapproved()
        for order in self:
            rules = lacking.get(order._origin, self.env["crm.approval.rule"])
            # sudo: whom one waits for is told to whoever sees the order
            waiting = order.sudo().approval_ids.filtered(
                lambda approval, rules=rules: approval.state == "pending" and approval.rule_id in rules
            )
            order.approval_need = ", ".join(rules.mapped("name"))
            order.approval_waiting = ", ".join(waiting.approver_id.mapped("name"))

    def _find_unapproved(self):
        """The rules that these orders break, by order."""
        lacking = {}
        for company, orders in self.grouped("company_id").items():
            rule_ids = self.env["crm.approval.rule"]._get_discount_rule_ids(company.id)
            # sudo: a salesperson need not read the configuration to be bound by it
            for rule in self.env["crm.approval.rule"].sudo().browse(rule_ids):
                for order in orders._filter_unapproved(rule):
                    lacking[order._origin] = lacking.get(order._origin, rule.browse()) + rule
        return lacking

    def _filter_unapproved(self, rule):
        above = self.filtered(
            lambda order: float_compare(order.discount_percent, rule.discount_limit, precision_digits=2) > 0
        )
        bound = rule._filter_bound(above) if above else above
        discounts = {order: order.discount_percent for order in bound}
        return bound - self.env["crm.approval"]._find_covered(rule, bound, discounts) if bound else bound

    # ---- where it holds

    def action_quotation_send(self):
        self._check_approved()
        return super().action_quotation_send()

    def action_confirm(self):
        self._check_approved()
        return super().action_confirm()

    def _validate_order(self):
        """The customer has signed what was offered to him: that holds, whoever should have been asked."""
        return super(SaleOrder, self.with_context(crm_accepted_by_customer=INSIDE))._validate_order()

    def _check_approved(self):
        context = self.env.context
        if INSIDE in (context.get("crm_accepted_by_customer"), context.get("crm_confirmed_by_payment")):
            return
        if lacking := self._find_unapproved():
            lines = [
                f"{order.display_name}, {order.discount_percent:g} %: {', '.join(rules.mapped('name'))}"
                for order, rules in lacking.items()
            ]
            raise UserError(
                self.env._(
                    "These discounts have to be approved first, ask with the button on the quotation:\n%(lines)s",
                    lines="\n".join(lines),
                )
            )

    def action_request_approvals(self):
        """Ask those who decide about the discounts of these orders."""
        approvals = self.env["crm.approval"].sudo()  # sudo: only whom one asked is read
        for order, rules in self._find_unapproved().items():
            for rule in rules:
                approvals += approvals.sudo(False)._ask(rule, order, {order: order.discount_percent})
        names = ", ".join(approvals.approver_id.mapped("name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if names else "info",
                "message": self.env._("Asked: %(people)s", people=names)
                if names
                else self.env._("Nobody has to be asked."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _action_cancel(self):
        self.env["crm.approval"]._withdraw_for("order_id", self)
        return super()._action_cancel()
