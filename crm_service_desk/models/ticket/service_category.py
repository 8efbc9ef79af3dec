from odoo import api, fields, models


class ServiceCategory(models.Model):
    """What tickets are about, as a tree; each category may ask for details of its own."""

    _name = "service.category"
    _description = "Ticket Category"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char("Category", compute="_compute_complete_name", recursive=True, store=True)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("service.category", "Parent Category", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("service.category", "parent_id")
    team_id = fields.Many2one("service.team", help="Takes the tickets of this category. Empty: that of the parent.")
    skill_ids = fields.Many2many("service.skill", string="Skills Needed", help="Also for the topics below it.")
    properties_definition = fields.PropertiesDefinition("Details Asked For")
    is_published = fields.Boolean(
        "In the Forms", default=True, help="Customers choose it in the portal, and visitors in the public form."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = f"{parent} / {category.name}" if parent else category.name

    def _get_team(self):
        """The nearest team up the tree."""
        category = self
        while category and not category.team_id:
            category = category.parent_id
        return category.team_id

    def _get_skills(self):
        """What this topic, or one above it, asks for."""
        category, skills = self, self.skill_ids
        while category := category.parent_id:
            skills |= category.skill_ids
        return skills
