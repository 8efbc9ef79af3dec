from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ....contexts import INSIDE


class SaleOrder(models.Model):
    _inherit = "sale.order"

    hold_state = fields.Selection(related="partner_id.hold_state", string="Hold")
    hold_reason = fields.Char(related="partner_id.hold_reason")

    def action_confirm(self):
        self._check_holds()
        return super().action_confirm()

    def _validate_order(self):
        """A customer signs in the portal: a hold keeps his order a quotation, but never turns him away."""
        stopped = self._filter_stopped()
        for order in stopped:
            order._tell_salesperson_of_hold()
        return super(SaleOrder, self - stopped)._validate_order() if self - stopped else None

    def _check_holds(self):
        stopped = self._filter_stopped()
        if stopped:
            lines = [f"{order.display_name}, {order.partner_id.display_name}: {order.hold_reason}" for order in stopped]
            raise UserError(
                self.env._(
                    "These customers are on hold. Have the hold released, or confirm the order once it is paid:"
                    "\n%(lines)s",
                    lines="\n".join(lines),
                )
            )

    def _filter_stopped(self):
        """Orders of customers whose new orders are stopped; what is paid goes through."""
        if self.env.context.get("crm_confirmed_by_payment") is INSIDE:
            return self.browse()
        held = self.env["crm.hold"]._find(self.partner_id.commercial_partner_id, self.company_id)
        return self.filtered(
            lambda order: (
                not order._is_prepaid()
                and any(
                    hold.level == "stop" and hold.company_id in (order.company_id, order.env["res.company"])
                    for hold in held.get(order.partner_id.commercial_partner_id, ())
                )
            )
        )

    def _is_prepaid(self):
        rounding = self.currency_id.rounding or 0.01
        return (
            self.amount_total > 0
            and float_compare(self.amount_paid, self.amount_total, precision_rounding=rounding) >= 0
        )

    def _tell_salesperson_of_hold(self):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The customer has signed, but he is on hold: %(reason)s", reason=self.hold_reason),
            user_id=(self.user_id or self.create_uid).id,
        )

    @api.onchange("partner_id")
    def _onchange_partner_hold(self):
        if self.partner_id.hold_state:
            return {"warning": {"title": self.env._("Customer on hold"), "message": self.partner_id.hold_reason}}
        return None
