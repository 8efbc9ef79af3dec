from odoo import api, fields, models
from odoo.tools import format_date

# The field that tells whom something is for, at each level.
SUBJECTS = {"company": "company_id", "team": "team_id", "user": "user_id", "category": "product_categ_id"}
# How a period is called, in the patterns of Unicode dates.
NAMES = {"month": "MMMM y", "quarter": "QQQ y"}


class CrmSalesPeriod(models.AbstractModel):
    """A month or a quarter of a company, a team, a salesperson or a product category."""

    _name = "crm.sales.period"
    _description = "Sales Period"

    name = fields.Char("Period", compute="_compute_name")
    subject = fields.Char("For", compute="_compute_subject")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    span = fields.Selection([("month", "Month"), ("quarter", "Quarter")], "Length", readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("Until", readonly=True)
    level = fields.Selection(
        [
            ("company", "Company"),
            ("team", "Sales Team"),
            ("user", "Salesperson"),
            ("category", "Product Category"),
        ],
        readonly=True,
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)

    @api.depends("date_from", "span")
    @api.depends_context("lang")
    def _compute_name(self):
        for period in self:
            known = period.date_from and period.span
            period.name = known and format_date(self.env, period.date_from, date_format=NAMES[period.span])

    @api.depends("level", *SUBJECTS.values())
    @api.depends_context("lang")
    def _compute_subject(self):
        for period in self:
            period.subject = period[SUBJECTS[period.level or "company"]].display_name

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for period in self:
            period.display_name = f"{period.subject}, {period.name}"
