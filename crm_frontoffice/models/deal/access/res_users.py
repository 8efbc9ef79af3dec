from odoo import models
from odoo.fields import Domain

OWN_TEAM = "crm_frontoffice.group_sale_salesman_team"
SUBTREE = "crm_frontoffice.group_sale_salesman_subtree"
ALL = "sales_team.group_sale_salesman_all_leads"


class ResUsers(models.Model):
    _inherit = "res.users"

    # ---- whose deals, orders, events and reports somebody sees: one answer, asked by the record rules of all of them

    def _get_sales_scope(self, prefix="", user_field="user_id", team_field="team_id"):
        """The documents of sales that this user may see, as a domain.

        :param prefix: path to the document that has a salesperson and a team, such as "lead_id."
        """
        if self.has_group(ALL):
            return [(1, "=", 1)]
        own = Domain(f"{prefix}{user_field}", "in", [self.id, False])
        return list(own | self._get_team_scope(prefix, team_field))

    def _get_team_scope(self, prefix="", team_field="team_id"):
        return Domain(f"{prefix}{team_field}", "in", self._get_sales_scope_teams().ids)

    def _get_unassigned_scope(self, prefix=""):
        """What of the documents that nobody has yet this user may see: all, or only those of his teams."""
        everybody = not self.has_group("sales_team.group_sale_salesman") or self.has_group(ALL)
        if everybody or self.company_id.is_unassigned_visible:
            return [(1, "=", 1)]
        return list(Domain(f"{prefix}user_id", "!=", False) | self._get_team_scope(prefix))

    def _get_sales_scope_teams(self):
        """The teams whose documents this user sees: his own; one level up, those he leads too and all below."""
        teams = self.env["crm.team"].with_context(active_test=False)
        if not self.has_group(OWN_TEAM):
            return teams
        if not self.has_group(SUBTREE):
            return self.crm_team_ids
        led = teams.search([("user_id", "=", self.id)])
        return self.crm_team_ids | teams.search([("id", "child_of", led.ids)])
