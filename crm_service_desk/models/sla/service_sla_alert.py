from odoo import fields, models


class ServiceSlaAlert(models.Model):
    """A level of escalation that a promise has come to; each level is reached once."""

    _name = "service.sla.alert"
    _description = "Escalation"
    _order = "id desc"
    _rec_name = "date"

    status_id = fields.Many2one("service.sla.status", "Promise", required=True, index=True, ondelete="cascade")
    ticket_id = fields.Many2one(related="status_id.ticket_id", store=True, index=True)
    company_id = fields.Many2one(related="status_id.company_id", store=True, index=True)
    level_id = fields.Many2one("service.sla.level", required=True, index=True, ondelete="cascade")
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    _once_unique = models.Constraint("UNIQUE(status_id, level_id)", "A level is reached once.")
