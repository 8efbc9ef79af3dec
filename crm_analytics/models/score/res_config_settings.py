from odoo import fields, models

from .crm_lead import DRIVES


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    score_drives_probability = fields.Boolean(
        "Scores Drive Probabilities",
        config_parameter=DRIVES,
        help="The probability of open deals is their score, where no person has set another one.",
    )
