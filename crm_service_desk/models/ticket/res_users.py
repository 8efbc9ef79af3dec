from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    def _leads_service_desk(self):
        return self.has_group("crm_service_desk.group_service_desk_lead")

    def _get_service_scope(self, prefix=""):
        """The tickets that an agent works on: of his teams, of no team, and his own; for whatever hangs on a ticket.

        :param prefix: the path to the ticket, such as "ticket_id."
        """
        return list(
            Domain(f"{prefix}team_id", "=", False)
            | Domain(f"{prefix}user_id", "=", self.id)
            | Domain(f"{prefix}team_id.member_ids", "in", self.ids)
            | Domain(f"{prefix}team_id.user_id", "=", self.id)
        )
