from odoo import fields, models


class ServiceTicketLink(models.Model):
    """How one ticket has to do with another."""

    _name = "service.ticket.link"
    _description = "Link between Tickets"
    _order = "id"
    _rec_name = "kind"

    ticket_id = fields.Many2one("service.ticket", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("related", "has to do with"),
            ("duplicate", "is a duplicate of"),
            ("cause", "is caused by"),
            ("split", "was split from"),
        ],
        required=True,
        default="related",
    )
    other_id = fields.Many2one("service.ticket", "Other Ticket", required=True, index=True, ondelete="cascade")
    other_stage_id = fields.Many2one(related="other_id.stage_id", string="Stage of the Other")
    ticket_stage_id = fields.Many2one(related="ticket_id.stage_id", string="Stage")

    _link_unique = models.Constraint("UNIQUE(ticket_id, kind, other_id)", "These tickets are linked so already.")
    _other_check = models.Constraint("CHECK(ticket_id != other_id)", "A ticket is not linked to itself.")
