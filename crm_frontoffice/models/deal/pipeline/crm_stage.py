from odoo import api, fields, models

from .crm_pipeline import STATUSES


class CrmStage(models.Model):
    _inherit = "crm.stage"

    pipeline_id = fields.Many2one(
        "crm.pipeline", index="btree_not_null", ondelete="set null", help="A stage without one is in all pipelines."
    )
    status = fields.Selection(
        STATUSES,
        compute="_compute_status",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="What the stage means, so that totals of different pipelines compare.",
    )

    @api.depends("is_won")
    def _compute_status(self):
        for stage in self:
            if stage.is_won:
                stage.status = "won"
            elif stage.status in (False, "won"):
                stage.status = "new"
