from odoo import api, fields, models

from .crm_sales_period import SUBJECTS


class CrmSalesPeriodMixin(models.AbstractModel):
    """What people write down for a period: any day of it will do, and whoever is chosen is meant."""

    _name = "crm.sales.period.mixin"
    _description = "Written for a Sales Period"
    _inherit = "crm.sales.period"
    _check_company_auto = True

    company_id = fields.Many2one(
        required=True, readonly=False, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    span = fields.Selection(required=True, readonly=False, default="quarter")
    date = fields.Date(
        "Day", required=True, default=fields.Date.context_today, help="Any day of the month or quarter that is meant."
    )
    date_from = fields.Date(compute="_compute_dates", store=True)
    date_to = fields.Date(compute="_compute_dates", store=True)
    level = fields.Selection(compute="_compute_level", store=True)
    team_id = fields.Many2one(readonly=False, index=True, check_company=True, ondelete="cascade")
    user_id = fields.Many2one(readonly=False, index=True, domain=[("share", "=", False)], ondelete="cascade")
    product_categ_id = fields.Many2one(readonly=False, index=True, ondelete="cascade")

    _one_subject = models.Constraint(
        "CHECK (num_nonnulls(team_id, user_id, product_categ_id) <= 1)",
        "Choose one: a team, a salesperson or a product category. Without any of them it is the company's.",
    )

    @api.depends("date", "span")
    def _compute_dates(self):
        for record in self:
            known = record.date and record.span
            record.date_from = known and fields.Date.start_of(record.date, record.span)
            record.date_to = known and fields.Date.end_of(record.date, record.span)

    @api.depends("team_id", "user_id", "product_categ_id")
    def _compute_level(self):
        for record in self:
            chosen = (level for level, name in SUBJECTS.items() if level != "company" and record[name])
            record.level = next(chosen, "company")
