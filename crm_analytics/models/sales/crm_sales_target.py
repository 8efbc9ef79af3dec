from odoo import fields, models


class CrmSalesTarget(models.Model):
    """What is to be won in a month or a quarter."""

    _name = "crm.sales.target"
    _description = "Sales Target"
    _inherit = "crm.sales.period.mixin"
    _order = "date_from desc, span, level, team_id, user_id, id"

    amount = fields.Monetary("Target", required=True)
    note = fields.Char()

    _one_per_period = models.UniqueIndex(
        "(company_id, span, date_from, COALESCE(team_id, 0), COALESCE(user_id, 0), COALESCE(product_categ_id, 0))",
        "There is a target for this period already: change that one.",
    )
    _amount_positive = models.Constraint("CHECK (amount > 0)", "A target is more than nothing.")
