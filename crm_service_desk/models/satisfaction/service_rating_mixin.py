from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_frontoffice.contexts import INSIDE

ASK_BATCH = 50
DISSATISFIED = 3  # of 5; what is below gives the team leader something to do


class ServiceRatingMixin(models.AbstractModel):
    """Some time after the end the customer is asked how it went; only what he sends is kept, never an opened link."""

    _name = "service.rating.mixin"
    _inherit = ["rating.mixin"]
    _description = "Ticket with Satisfaction"

    # What is new has no marks: that need not be looked up.
    rating_last_value = fields.Float(compute="_compute_rating_last_value", store=True, precompute=True)
    date_rating_asked = fields.Datetime("Asked How it Went", readonly=True, copy=False, groups="base.group_user")

    @api.model
    def _cron_ask_rating(self):
        for team in self.env["service.team"].search([("rating_template_id", "!=", False)]):
            while tickets := self._find_unrated(team):
                tickets._ask_rating(team)
                if not self.env["ir.cron"]._commit_progress(len(tickets), remaining=len(self._find_unrated(team))):
                    return

    @api.model
    def _find_unrated(self, team):
        """Tickets that ended long enough ago, but not so long that nobody remembers."""
        now = fields.Datetime.now()
        due = now - timedelta(hours=team.rating_delay_hours)
        domain = Domain("team_id", "=", team.id) & Domain("date_rating_asked", "=", False)
        domain &= Domain("date_closed", "<=", due) & Domain("date_closed", ">", due - timedelta(days=7))
        domain &= Domain("partner_id.email_normalized", "!=", False) & Domain("merged_into_id", "=", False)
        return self.search(domain, limit=ASK_BATCH, order="id")

    def _ask_rating(self, team):
        """Ask each person once, and not again for some time."""
        now = fields.Datetime.now()
        since = now - timedelta(days=team.rating_pause_days)
        asked = self.search_fetch(
            [("partner_id", "in", self.partner_id.ids), ("date_rating_asked", ">", since)], ["partner_id"]
        ).partner_id
        # Who is not asked now is not asked about this ticket at all.
        self.date_rating_asked = now
        for partner, tickets in self.grouped("partner_id").items():
            if partner not in asked:
                tickets[-1].rating_send_request(team.rating_template_id, lang=partner.lang, force_send=False)

    def rating_apply(self, rate, token=None, rating=None, feedback=None, subtype_xmlid=None, notify_delay_send=False):
        """A mark is no message that wakes the ticket; a bad one gives the team leader something to do."""
        ticket = self.with_context(service_is_rating=INSIDE)
        applied = super(ServiceRatingMixin, ticket).rating_apply(
            rate, token, rating, feedback, subtype_xmlid, notify_delay_send
        )
        if rate < DISSATISFIED:
            for rated in self.filtered("team_id.user_id"):
                rated.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("The customer was not satisfied"),
                    user_id=rated.team_id.user_id.id,
                )
        return applied
