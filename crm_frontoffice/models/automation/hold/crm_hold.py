from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

RELEASERS = "sales_team.group_sale_manager,account.group_account_invoice"


class CrmHold(models.Model):
    """New business with a customer is watched or stopped, for a reason and until somebody releases it."""

    _name = "crm.hold"
    _inherit = ["crm.event.source"]
    _description = "Hold on a Customer"
    _order = "date_released DESC NULLS FIRST, id desc"
    _rec_name = "reason"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
        help="The company: it holds for all its contacts.",
    )
    company_id = fields.Many2one("res.company", help="Empty: it holds in all companies.")
    level = fields.Selection(
        [("warn", "Warn"), ("stop", "Stop new orders")],
        required=True,
        default="stop",
        help="A stopped customer's orders are confirmed only when they are paid.",
    )
    reason = fields.Char(required=True)
    until = fields.Date(help="The last day; empty until it is released.")
    rule_id = fields.Many2one(
        "crm.event.rule", "Put by Rule", readonly=True, ondelete="set null", index="btree_not_null"
    )
    released_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    date_released = fields.Datetime("Released On", readonly=True)
    is_current = fields.Boolean("In Force", compute="_compute_is_current", search="_search_is_current")

    _open_idx = models.Index("(partner_id) WHERE date_released IS NULL")

    @api.depends("until", "date_released")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for hold in self:
            hold.is_current = not hold.date_released and (not hold.until or hold.until >= today)

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        open_ended = Domain("until", "=", False) | Domain("until", ">=", fields.Date.context_today(self))
        return Domain("date_released", "=", False) & open_ended

    @api.model_create_multi
    def create(self, vals_list):
        holds = super().create(vals_list)
        for hold in holds:
            if hold.partner_id != hold.partner_id.commercial_partner_id:
                hold.partner_id = hold.partner_id.commercial_partner_id
        holds._tell("hold_put")
        return holds

    def action_release(self):
        """Let business go on; only who runs sales or keeps the books may."""
        self.check_access("read")
        if not self.env.user.has_groups(RELEASERS):
            raise AccessError(self.env._("A hold is released by a sales administrator or by whoever keeps the books."))
        self._release(self.env.user)
        return True

    def _release(self, user):
        # sudo: who may release is decided by the caller; the row itself is not for editing
        held = self.sudo().filtered(lambda hold: not hold.date_released)
        held.write({"released_by_id": user.id, "date_released": fields.Datetime.now()})
        held._tell("hold_released")

    def _tell(self, code):
        for hold in self:
            hold._log_event(code, payload={"subject": hold.reason})

    def _prepare_event_values(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.partner_id.user_id.id,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Release the hold instead: that it was there is part of the customer's history."))

    @api.model
    def _find(self, partners, companies):
        """The holds in force on commercial partners: for all companies, or for one of these.

        :return: holds by partner
        """
        # sudo: whether a customer is held binds everybody, whoever may see the hold
        holds = self.sudo().search(
            Domain("partner_id", "in", partners.ids)
            & Domain("company_id", "in", [*companies.ids, False])
            & Domain("is_current", "=", True)
        )
        return holds.grouped("partner_id")
