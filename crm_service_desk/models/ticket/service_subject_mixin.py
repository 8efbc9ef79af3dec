from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..choices import LEVELS, PRIORITIES
from .priority_matrix import priority_of


class ServiceSubjectMixin(models.AbstractModel):
    """What a ticket is about: its category with details, how urgent it is, the product and the documents it is of."""

    _name = "service.subject.mixin"
    _description = "Subject of a Ticket"

    category_id = fields.Many2one(
        "service.category", "Topic", index="btree_not_null", tracking=True, ondelete="restrict"
    )
    category_properties = fields.Properties(
        "Details", definition="category_id.properties_definition", groups="base.group_user"
    )
    type_id = fields.Many2one(
        "service.ticket.type", index="btree_not_null", ondelete="restrict", groups="base.group_user"
    )
    tag_ids = fields.Many2many("service.tag", string="Tags", groups="base.group_user")
    impact = fields.Selection(LEVELS, groups="base.group_user", help="How many people or how much money it touches.")
    urgency = fields.Selection(LEVELS, groups="base.group_user", help="How soon it must be mended.")
    priority = fields.Selection(
        PRIORITIES,
        required=True,
        tracking=True,
        compute="_compute_priority",
        store=True,
        readonly=False,
        precompute=True,
        help="Follows from impact and urgency; an agent may set it otherwise.",
    )

    is_complaint = fields.Boolean(
        "Complaint", compute="_compute_is_complaint", store=True, readonly=False, groups="base.group_user"
    )
    complaint_cause_id = fields.Many2one(
        "service.complaint.cause", "Cause", index="btree_not_null", ondelete="restrict", groups="base.group_user"
    )
    complaint_verdict = fields.Selection(
        [("justified", "Justified"), ("partly", "Partly justified"), ("unjustified", "Not justified")],
        "Verdict",
        groups="base.group_user",
    )
    complaint_remedy = fields.Selection(
        [
            ("apology", "Apology"),
            ("discount", "Discount"),
            ("credit", "Money back"),
            ("replacement", "Replacement"),
            ("repair", "Repair"),
            ("none", "None"),
        ],
        "Remedy",
        groups="base.group_user",
    )

    product_id = fields.Many2one("product.product", index="btree_not_null", groups="base.group_user")
    order_id = fields.Many2one(
        "sale.order", "Sales Order", index="btree_not_null", check_company=True, groups="base.group_user"
    )
    picking_id = fields.Many2one(
        "stock.picking", "Delivery", index="btree_not_null", check_company=True, groups="base.group_user"
    )
    invoice_id = fields.Many2one("account.move", index="btree_not_null", check_company=True, groups="base.group_user")
    lot_id = fields.Many2one("stock.lot", "Lot or Serial Number", index="btree_not_null", groups="base.group_user")
    date_warranty_end = fields.Date("Warranty Until", compute="_compute_warranty", groups="base.group_user")
    warranty_state = fields.Selection(
        [("covered", "Under warranty"), ("expired", "Warranty over"), ("unknown", "Delivery not known")],
        "Warranty",
        compute="_compute_warranty",
        groups="base.group_user",
    )

    @api.depends("impact", "urgency")
    def _compute_priority(self):
        for ticket in self:
            ticket.priority = priority_of(ticket.impact, ticket.urgency) or ticket.priority or "1"

    @api.depends("type_id")
    def _compute_is_complaint(self):
        for ticket in self:
            ticket.is_complaint = ticket.type_id.is_complaint or (ticket.is_complaint and not ticket.type_id)

    @api.depends("product_id", "lot_id", "picking_id")
    def _compute_warranty(self):
        """The months of the product count from the day on which the thing left for the customer."""
        today = fields.Date.context_today(self)
        delivered = self._get_delivery_dates()
        for ticket in self:
            # sudo: an agent need not see the stock to know whether the warranty holds
            months = (ticket.product_id or ticket.lot_id.sudo().product_id).warranty_months
            day = delivered[ticket]
            end = day and months and day.date() + relativedelta(months=months)
            ticket.date_warranty_end = end or False
            if end:
                ticket.warranty_state = "covered" if end >= today else "expired"
            else:
                ticket.warranty_state = "unknown" if months else False

    def _get_delivery_dates(self):
        """When each ticket's delivery, or its lot, left for a customer; found with one query for all lots."""
        # sudo: see _compute_warranty
        tickets = self.sudo()
        groups = tickets.env["stock.move.line"]._read_group(
            [("lot_id", "in", tickets.lot_id.ids), ("state", "=", "done"), ("location_dest_id.usage", "=", "customer")],
            ["lot_id"],
            ["date:max"],
        )
        by_lot = dict(groups)
        return {
            ticket: secret.picking_id.date_done or by_lot.get(secret.lot_id)
            for ticket, secret in zip(self, tickets, strict=True)
        }

    @api.onchange("lot_id")
    def _onchange_lot_id(self):
        if self.lot_id:
            self.product_id = self.lot_id.product_id

    @api.onchange("category_id")
    def _onchange_category_id(self):
        """The topic chooses the team; nobody opens a ticket that he may not see."""
        team, user = self.category_id._get_team(), self.env.user
        if team and (self._origin or user in team.member_ids | team.user_id or user._leads_service_desk()):
            self.team_id = team
