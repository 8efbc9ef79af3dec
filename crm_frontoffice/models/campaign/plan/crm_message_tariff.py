from odoo import fields, models

from ...customer.consent.choices import CHANNELS


class CrmMessageTariff(models.Model):
    """What one message over a channel costs, from a day on."""

    _name = "crm.message.tariff"
    _description = "Price of a Message"
    _order = "channel, date_from desc"
    _rec_name = "channel"

    channel = fields.Selection(CHANNELS, required=True)
    date_from = fields.Date("From", required=True, default="2000-01-01")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    price = fields.Monetary(required=True)

    _one_at_a_time = models.Constraint(
        "UNIQUE(company_id, channel, date_from)", "A channel has one price from a day on."
    )
