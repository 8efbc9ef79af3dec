from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    deal_reservation_days = fields.Integer(
        "Keep Goods for Deals", default=3, help="For so many days goods that are reserved for a deal are kept for it."
    )
