from odoo import api, fields, models
from odoo.tools import format_amount


class CrmIncomeBand(models.Model):
    """A range of yearly household income; people name a range more readily than a sum."""

    _name = "crm.income.band"
    _description = "Income Band"
    _order = "currency_id, amount_from, id"

    name = fields.Char(compute="_compute_name", store=True, readonly=False, precompute=True, translate=False)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    amount_from = fields.Monetary("From", required=True)
    amount_to = fields.Monetary("Below", help="Empty for the highest band.")
    active = fields.Boolean(default=True)

    _amounts = models.Constraint(
        "CHECK (amount_from >= 0 AND (COALESCE(amount_to, 0) = 0 OR amount_to > amount_from))",
        "An income band ends above its beginning.",
    )

    @api.depends("amount_from", "amount_to", "currency_id")
    def _compute_name(self):
        for band in self:
            low = format_amount(self.env, band.amount_from, band.currency_id, trailing_zeroes=False)
            high = format_amount(self.env, band.amount_to, band.currency_id, trailing_zeroes=False)
            band.name = f"{low} – {high}" if band.amount_to else f"≥ {low}"
