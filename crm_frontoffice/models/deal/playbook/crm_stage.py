from odoo import fields, models


class CrmStage(models.Model):
    """What people are told and given to do in a stage."""

    _inherit = "crm.stage"

    guidance = fields.Html(translate=True, help="What matters in this stage; the deal shows it.")
    script = fields.Html("Talk Script", translate=True, help="What to say and to ask.")
    plan_id = fields.Many2one(
        "mail.activity.plan",
        "Activity Plan",
        domain=[("res_model", "=", "crm.lead")],
        ondelete="set null",
        help="Starts by itself when a deal enters the stage, once for each deal.",
    )
    checklist_item_ids = fields.One2many("crm.checklist.item", "stage_id", "Checklist", copy=True)
