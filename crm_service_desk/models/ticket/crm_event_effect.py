from odoo import api, models


class CrmEventEffect(models.Model):
    _inherit = "crm.event.effect"

    @api.model
    def _get_enders(self):
        return {**super()._get_enders(), "service.ticket": "_end_tickets"}

    def _end_tickets(self, tickets):
        """Solve what nobody has to work on any more; a ticket that an agent talks about with the customer is his."""
        # sudo: the rule works for the system
        untouched = tickets.sudo().filtered(lambda ticket: not ticket.date_closed and ticket.category == "new")
        for ticket in untouched:
            ticket._message_log(body=self.env._("Solved: the cause of this ticket has ended."))
        if untouched:
            untouched.action_solve()
