from odoo import api, fields, models


class ServiceTicketMerge(models.TransientModel):
    """Several tickets of one customer that are the same request."""

    _name = "service.ticket.merge"
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many(
        "service.ticket", string="Tickets", default=lambda self: self.env.context.get("active_ids")
    )
    target_id = fields.Many2one(
        "service.ticket",
        "Goes on in",
        required=True,
        compute="_compute_target_id",
        store=True,
        readonly=False,
        help="It keeps its number and takes over all messages, files and activities. Whoever asked gets its answers.",
    )

    @api.depends("ticket_ids")
    def _compute_target_id(self):
        """The oldest open one, unless somebody chose."""
        for wizard in self:
            oldest = wizard.ticket_ids.sorted(lambda ticket: (bool(ticket.date_closed), ticket.date_opened, ticket.id))
            wizard.target_id = wizard.target_id or oldest[:1]

    def action_merge(self):
        self.ensure_one()
        (self.ticket_ids - self.target_id)._merge_into(self.target_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": self.target_id.id,
            "views": [(False, "form")],
        }
