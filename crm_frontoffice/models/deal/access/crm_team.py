from odoo import api, fields, models

# What decides who sees a team's documents: the record rules keep their evaluated domains until it changes.
SCOPE_FIELDS = frozenset({"user_id", "parent_id", "active"})


class CrmTeam(models.Model):
    _inherit = "crm.team"
    _parent_store = True

    parent_id = fields.Many2one(
        "crm.team",
        "Part Of",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The leader of the team above sees what this team does, if he has the level “Teams he leads”.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.team", "parent_id", "Teams Below")

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        self.env.registry.clear_cache()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if SCOPE_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result
