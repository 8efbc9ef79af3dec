from odoo import api, fields, models
from odoo.fields import Domain

from ...customer.consent.choices import CHANNELS


class CrmPressureRule(models.Model):
    """How much advertising a customer gets at most, over one channel or all of them."""

    _name = "crm.pressure.rule"
    _description = "Limit of Messages"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    channel = fields.Selection(CHANNELS, help="Empty: messages over all channels together.")
    most = fields.Integer("At Most", required=True, default=2)
    days = fields.Integer("In Days", required=True, default=7)
    policy = fields.Selection(
        [("defer", "Later"), ("drop", "Not at all")],
        "What Is Too Much Comes",
        required=True,
        default="defer",
        help="A message of a journey waits, or is left out. Mailings leave out whoever has had enough.",
    )
    company_id = fields.Many2one("res.company", help="Empty: for messages of all companies.")
    name = fields.Char(compute="_compute_name")

    _numbers_make_sense = models.Constraint(
        "CHECK (most > 0 AND days > 0)", "A limit allows at least one message in at least one day."
    )

    @api.depends("channel", "most", "days")
    @api.depends_context("lang")
    def _compute_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for rule in self:
            rule.name = self.env._(
                "%(channel)s: %(most)s in %(days)s days",
                channel=channels.get(rule.channel) or self.env._("All channels"),
                most=rule.most,
                days=rule.days,
            )

    @api.model
    def _get_limits(self, channel, company):
        of_channel = Domain("channel", "in", (False, channel))
        return self.search(of_channel & Domain("company_id", "in", (False, company.id)))
