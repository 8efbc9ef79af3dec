from odoo import api, fields, models

from ..choices import CATEGORIES


class ServiceStage(models.Model):
    """A column of the ticket board; all logic goes by its category, never by its place."""

    _name = "service.stage"
    _description = "Ticket Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    category = fields.Selection(CATEGORIES, required=True, default="open")
    fold = fields.Boolean("Folded", help="The board shows the column folded.")
    team_ids = fields.Many2many("service.team", string="Teams", help="Empty: the stage serves all teams.")

    @api.model
    def _get_first(self, category, teams):
        """The first stage of a category for each team and for no team, found with one query; empty if there is none."""
        # sudo: a customer's message moves his ticket, although he may not read stages
        stages = self.sudo().search([("category", "=", category)])
        return {
            team: next((stage for stage in stages if not stage.team_ids or team in stage.team_ids), self.browse())
            for team in [*teams, teams.browse()]
        }
