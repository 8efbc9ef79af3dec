from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_watch_days = fields.Integer(
        "Watch When Overdue By", default=1, help="From so many days on the customer's light is yellow."
    )
    credit_stop_days = fields.Integer(
        "Stop When Overdue By", default=30, help="From so many days on the customer's light is red."
    )
