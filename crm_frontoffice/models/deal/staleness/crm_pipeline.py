from odoo import fields, models


class CrmPipeline(models.Model):
    """When a deal of this pipeline has gone stale; nought means never."""

    _inherit = "crm.pipeline"

    stale_contact_days = fields.Integer("Days without Contact", default=21)
    stale_step_days = fields.Integer("Days without Next Step", default=7)
    stale_pushes = fields.Integer("Closings Put Off", default=3)

    _stale_positive = models.Constraint(
        "CHECK(stale_contact_days >= 0 AND stale_step_days >= 0 AND stale_pushes >= 0)",
        "What makes a deal stale cannot be less than nought.",
    )
