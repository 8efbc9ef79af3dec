from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    quiet_from = fields.Float(default=21.0)
    quiet_to = fields.Float(default=8.0)
    is_quiet_on_holidays = fields.Boolean(
        "Quiet on Holidays",
        default=True,
        help="The holidays of the company's working hours; messages wait until after.",
    )

    _quiet_hours_of_the_day = models.Constraint(
        "CHECK (quiet_from >= 0 AND quiet_from < 24 AND quiet_to >= 0 AND quiet_to < 24)",
        "Quiet hours are between 0:00 and 23:59.",
    )
