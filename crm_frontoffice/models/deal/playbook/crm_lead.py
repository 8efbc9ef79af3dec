from odoo import api, fields, models


class CrmLead(models.Model):
    """The playbook of the stage that a deal is in."""

    _inherit = "crm.lead"

    stage_guidance = fields.Html(related="stage_id.guidance", string="Guidance")
    stage_script = fields.Html(related="stage_id.script", string="Talk Script")
    has_playbook = fields.Boolean(compute="_compute_has_playbook")
    tick_ids = fields.One2many("crm.checklist.tick", "lead_id", "Ticks", readonly=True)
    checklist_done_ids = fields.Many2many(
        "crm.checklist.item",
        string="Checklist",
        compute="_compute_checklist_done_ids",
        inverse="_inverse_checklist_done_ids",
        search="_search_checklist_done_ids",
    )

    @api.depends("stage_id")
    def _compute_has_playbook(self):
        for lead in self:
            stage = lead.stage_id
            lead.has_playbook = bool(stage.guidance or stage.script or stage.checklist_item_ids)

    @api.depends("tick_ids.item_id")
    def _compute_checklist_done_ids(self):
        for lead in self:
            lead.checklist_done_ids = lead.tick_ids.item_id

    def _inverse_checklist_done_ids(self):
        self.env["crm.checklist.tick"]._set_ticks({lead: lead.checklist_done_ids for lead in self})

    @api.model
    def _search_checklist_done_ids(self, operator, value):
        return [("tick_ids.item_id", operator, value)]
