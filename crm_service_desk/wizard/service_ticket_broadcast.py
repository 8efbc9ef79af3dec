from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class ServiceTicketBroadcast(models.TransientModel):
    """One answer to the customers of all tickets of an incident."""

    _name = "service.ticket.broadcast"
    _description = "Answer to All Tickets of an Incident"

    ticket_id = fields.Many2one(
        "service.ticket", "Incident", required=True, default=lambda self: self.env.context.get("active_id")
    )
    child_count = fields.Integer(related="ticket_id.child_count", string="Tickets")
    body = fields.Html("Answer", required=True)
    is_solving = fields.Boolean("Solve them too")

    def action_send(self):
        self.ensure_one()
        if is_html_empty(self.body):
            raise UserError(self.env._("Write the answer first."))
        self.ticket_id._answer_all(self.body, is_solving=self.is_solving)
        return {"type": "ir.actions.act_window_close"}
