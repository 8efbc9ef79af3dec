from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .availability import find_worst


class CrmLead(models.Model):
    _inherit = "crm.lead"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Where the goods would come from; empty: the first one of the company.",
    )
    reservation_ids = fields.One2many("crm.stock.reservation", "lead_id", "Goods Kept")
    reserved_until = fields.Date("Goods Kept Until", compute="_compute_reserved_until")
    stock_state = fields.Selection(
        [("available", "Available"), ("late", "Comes later"), ("short", "Short")],
        "Stock",
        compute="_compute_stock_state",
        help="The worst of its products.",
    )

    @api.depends("line_ids.stock_state")
    def _compute_stock_state(self):
        for lead in self:
            lead.stock_state = find_worst(state for state in lead.line_ids.mapped("stock_state") if state)

    @api.depends("reservation_ids.until", "reservation_ids.date_end")
    def _compute_reserved_until(self):
        kept = self.env["crm.stock.reservation"]
        current = kept._get_current_domain() & Domain("lead_id", "in", self.ids)
        groups = dict(kept._read_group(current, ["lead_id"], ["until:min"]))
        for lead in self:
            lead.reserved_until = groups.get(lead._origin)

    def _get_warehouses(self):
        """The warehouse of each deal.

        :return: dict by deal
        """
        companies = {lead: lead.company_id or self.env.company for lead in self}
        # sudo: which warehouse a company has is no secret to those who sell for it
        warehouses = self.env["stock.warehouse"].sudo()
        found = warehouses.search([("company_id", "in", [company.id for company in companies.values()])])
        by_company = found.sudo(False).grouped("company_id")
        return {
            lead: lead.warehouse_id or by_company.get(company, found.browse())[:1]
            for lead, company in companies.items()
        }

    def action_reserve(self):
        """Keep the goods of these deals, as far as they are there, for the days that the company allows."""
        self.check_access("write")
        if closed := self.filtered(lambda lead: lead.won_status != "pending"):
            raise UserError(self.env._("These deals are closed: %s", ", ".join(closed.mapped("name"))))
        self.reservation_ids._end()
        kept = self.env["crm.stock.reservation"].create(self._prepare_reservations())
        if not kept:
            raise UserError(
                self.env._(
                    "There is nothing to keep: none of the products is in stock. %s", ", ".join(self.mapped("name"))
                )
            )
        return True

    def _prepare_reservations(self):
        warehouses = self._get_warehouses()
        today = fields.Date.context_today(self)
        vals_list = []
        for (lead, product), lines in self.line_ids.grouped(lambda line: (line.lead_id, line.product_id)).items():
            quantity = sum(min(line.quantity, line.free_quantity) for line in lines)
            if quantity > 0:
                days = (lead.company_id or self.env.company).deal_reservation_days
                vals_list.append(
                    {
                        "lead_id": lead.id,
                        "product_id": product.id,
                        "warehouse_id": warehouses[lead].id,
                        "quantity": quantity,
                        "until": fields.Date.add(today, days=days),
                    }
                )
        return vals_list

    def action_end_reservations(self):
        """Give up what is kept for these deals."""
        self.check_access("write")
        self.reservation_ids._end()
        return True
