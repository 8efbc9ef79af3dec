from odoo import api, fields, models


class ServiceTicketSplit(models.TransientModel):
    """A message that asks for something else becomes a ticket of its own."""

    _name = "service.ticket.split"
    _description = "Split a Ticket"

    ticket_id = fields.Many2one("service.ticket", required=True, default=lambda self: self.env.context.get("active_id"))
    message_id = fields.Many2one(
        "mail.message",
        required=True,
        domain="[('model', '=', 'service.ticket'), ('res_id', '=', ticket_id), "
        "('message_type', 'in', ('email', 'comment'))]",
    )
    preview = fields.Html(related="message_id.body")
    name = fields.Char("Subject", required=True, compute="_compute_name", store=True, readonly=False)

    @api.depends("message_id")
    def _compute_name(self):
        for wizard in self:
            wizard.name = wizard.name or wizard.message_id.subject or wizard.ticket_id.name

    def action_split(self):
        self.ensure_one()
        ticket = self.ticket_id._split(self.message_id, self.name)
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
        }
