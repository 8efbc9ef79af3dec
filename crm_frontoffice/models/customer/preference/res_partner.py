from odoo import api, fields, models
from odoo.fields import Domain

from .crm_contact_habit import CHANNELS, DAYPARTS


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner"]

    contact_habit_ids = fields.One2many("crm.contact.habit", "partner_id", groups="base.group_user")
    preferred_channel = fields.Selection(
        CHANNELS,
        compute="_compute_preferred_channel",
        inverse="_inverse_preferred_channel",
        search="_search_preferred_channel",
        groups="base.group_user",
    )
    preferred_daypart = fields.Selection(
        DAYPARTS,
        "Preferred Time",
        compute="_compute_preferred_channel",
        inverse="_inverse_preferred_daypart",
        search="_search_preferred_daypart",
        groups="base.group_user",
    )
    contact_habit = fields.Char("How He Is Reached", compute="_compute_preferred_channel", groups="base.group_user")

    @api.depends("contact_habit_ids.channel", "contact_habit_ids.daypart")
    @api.depends_context("lang")
    def _compute_preferred_channel(self):
        for partner in self:
            row = partner.contact_habit_ids
            partner.preferred_channel = row.channel
            partner.preferred_daypart = row.daypart
            partner.contact_habit = row._explain() if row else False

    def _inverse_preferred_channel(self):
        self._choose("preferred_channel", "chosen_channel")

    def _inverse_preferred_daypart(self):
        self._choose("preferred_daypart", "chosen_daypart")

    def _choose(self, name, column):
        # sudo: whoever may change the contact may say how he wants to be reached
        habits = self.env["crm.contact.habit"].sudo()
        for value, partners in self.grouped(name).items():
            habits._choose(partners, "staff", **{column: value})
        # Who takes his choice back sees again what was learned; the other field may still wait for its turn.
        self.invalidate_recordset([name, "contact_habit"], flush=False)

    def _search_preferred_channel(self, operator, value):
        return Domain("contact_habit_ids.channel", operator, value)

    def _search_preferred_daypart(self, operator, value):
        return Domain("contact_habit_ids.daypart", operator, value)
