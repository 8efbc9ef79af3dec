from odoo import api, fields, models
from odoo.tools import ormcache

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
    @ormcache()
    def _get_table(self):
        """Id, category and teams of every stage, in their order: asked for with every message, and seldom changed."""
        # sudo: a customer's message moves his ticket, although he may not read stages
        return tuple((stage.id, stage.category, frozenset(stage.team_ids.ids)) for stage in self.sudo().search([]))

    @api.model
    def _get_first(self, category, teams):
        """The first stage of a category for each team and for no team; empty if there is none."""
        stages = [(stage_id, team_ids) for stage_id, name, team_ids in self._get_table() if name == category]
        return {
            team: self.browse(
                next((stage_id for stage_id, team_ids in stages if not team_ids or team.id in team_ids), [])
            )
            for team in [*teams, teams.browse()]
        }

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env.registry.clear_cache()
        return stages

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache()
