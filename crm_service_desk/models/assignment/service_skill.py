from odoo import fields, models


class ServiceSkill(models.Model):
    """What an agent must know for some tickets."""

    _name = "service.skill"
    _description = "Skill of Agents"
    _order = "name"

    name = fields.Char(required=True, translate=True)

    _name_unique = models.Constraint("UNIQUE(name)", "There is a skill with this name already.")
