from odoo import api, fields, models


class CrmPlaybookStart(models.Model):
    """That the activities of a stage were planned for a deal: it happens once, however often the deal comes back."""

    _name = "crm.playbook.start"
    _description = "Playbook Start"
    _rec_name = "plan_id"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    stage_id = fields.Many2one("crm.stage", required=True, ondelete="cascade")
    plan_id = fields.Many2one("mail.activity.plan", required=True, ondelete="cascade")

    _once = models.UniqueIndex("(lead_id, stage_id, plan_id)")

    @api.model
    def _start(self, leads):
        """Plan the activities of the stages that these deals have entered."""
        entered = leads.filtered(lambda lead: lead.stage_id.plan_id and lead.won_status != "lost")
        known = {
            (start.lead_id.id, start.stage_id.id, start.plan_id.id)
            for start in self.search([("lead_id", "in", entered.ids)])
        }
        starting = entered.filtered(lambda lead: (lead.id, lead.stage_id.id, lead.stage_id.plan_id.id) not in known)
        self.create(
            [
                {"lead_id": lead.id, "stage_id": lead.stage_id.id, "plan_id": lead.stage_id.plan_id.id}
                for lead in starting
            ]
        )
        values = [
            template._prepare_playbook_activity(lead)
            for lead in starting
            for template in lead.stage_id.plan_id.template_ids
        ]
        self.env["mail.activity"].create(values)
