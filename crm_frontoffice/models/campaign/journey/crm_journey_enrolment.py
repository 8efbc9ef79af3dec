from odoo import fields, models


class CrmJourneyEnrolment(models.TransientModel):
    """Let chosen customers enter a journey."""

    _name = "crm.journey.enrolment"
    _description = "Enrol in a Journey"

    journey_id = fields.Many2one("crm.journey", required=True, domain=[("state", "=", "running")], ondelete="cascade")
    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)

    def action_enrol(self):
        self.ensure_one()
        entered = self.journey_id.enrol(self.partner_ids.ids)["entered"]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if entered else "warning",
                "message": self.env._(
                    "%(count)s of %(all)s entered “%(journey)s”.",
                    count=entered,
                    all=len(self.partner_ids),
                    journey=self.journey_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
