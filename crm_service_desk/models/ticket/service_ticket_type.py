from odoo import fields, models


class ServiceTicketType(models.Model):
    """What kind of request it is: a question, an incident, a complaint."""

    _name = "service.ticket.type"
    _description = "Ticket Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    is_complaint = fields.Boolean("Complaint", help="Tickets of this type ask for cause and remedy.")
