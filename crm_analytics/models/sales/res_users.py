from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_frontoffice.models.deal.access.res_users import ALL


class ResUsers(models.Model):
    _inherit = "res.users"

    # ---- whose targets somebody sees and for whom he may speak: asked by the record rules

    def _get_target_scope(self):
        """Targets and what was submitted: one's own, and those of the teams and people whose sales one sees."""
        if self.has_group(ALL):
            return [(1, "=", 1)]
        return self._get_people_scope(self._get_sales_scope_teams() | self._get_teams_led())

    def _get_submission_scope(self):
        """For whom this user may submit: for himself, as a leader for his teams and their people, as a manager all."""
        if self.has_group("sales_team.group_sale_manager"):
            return [(1, "=", 1)]
        return self._get_people_scope(self._get_teams_led())

    def _get_people_scope(self, teams):
        people = Domain("user_id", "=", self.id) | Domain("user_id.crm_team_ids", "in", teams.ids)
        return list(people | Domain("team_id", "in", teams.ids))

    def _get_teams_led(self):
        teams = self.env["crm.team"]
        led = teams.search([("user_id", "=", self.id)])
        return teams.search([("id", "child_of", led.ids)])
