from odoo import api, fields, models


class ServiceAgent(models.Model):
    """What the desk knows of an agent: how much he can take, and what he knows."""

    _name = "service.agent"
    _description = "Agent"
    _rec_name = "user_id"
    _order = "user_id"

    user_id = fields.Many2one(
        "res.users", "Agent", required=True, index=True, ondelete="cascade", domain=[("share", "=", False)]
    )
    capacity = fields.Integer(help="Open tickets that he can have at once. 0: as many as come.")
    skill_ids = fields.Many2many("service.skill", string="Skills")
    date_last_assigned = fields.Datetime("Last Assigned", readonly=True)

    _user_unique = models.Constraint("UNIQUE(user_id)", "There is a line for this agent already.")
    _capacity_positive = models.Constraint("CHECK(capacity >= 0)", "A capacity cannot be negative.")

    @api.model
    def _note_assigned(self, user_ids, now):
        """The turn goes by who was given something last."""
        known = self.search([("user_id", "in", user_ids)])
        known.date_last_assigned = now
        missing = set(user_ids) - set(known.user_id.ids)
        return known + self.create([{"user_id": user_id, "date_last_assigned": now} for user_id in sorted(missing)])
