from odoo import api, fields, models
from odoo.tools import SQL

from .choices import MEMBER_STATES

EVENTS = {
    "campaign_sent": "sent",
    "campaign_opened": "opened",
    "campaign_clicked": "clicked",
    "campaign_answered": "answered",
}
# What the customer did himself.
RESPONSES = ("clicked", "answered", "deal", "customer")


class CrmCampaignMember(models.Model):
    """A customer, or a lead without one, that a campaign is about: how far he came, and when he first responded."""

    _name = "crm.campaign.member"
    _description = "Member of a Campaign"
    _order = "date_first_response desc, id desc"
    _rec_name = "partner_id"
    _log_access = False
    _inherit = "crm.partner.merge.mixin"

    _partner_merge_keys = (("campaign_id", "partner_id"),)
    _partner_merge_order = "rank DESC, id"

    campaign_id = fields.Many2one("utm.campaign", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", readonly=True, index="btree_not_null", ondelete="cascade")
    rank = fields.Integer(required=True, readonly=True, aggregator=None)
    state = fields.Selection(MEMBER_STATES, "Status", required=True, readonly=True)
    date_added = fields.Datetime("Since", required=True, readonly=True)
    date_first_response = fields.Datetime("First Response", readonly=True)

    _one_partner = models.UniqueIndex("(campaign_id, partner_id) WHERE partner_id IS NOT NULL")
    _one_lead = models.UniqueIndex("(campaign_id, lead_id) WHERE lead_id IS NOT NULL")
    _partner_idx = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
    _somebody = models.Constraint(
        "CHECK ((partner_id IS NULL) <> (lead_id IS NULL))", "A member is a customer or a lead."
    )

    @api.model
    def _refresh(self, campaigns):
        """Bring the members in line with what happened, in two statements for any number of campaigns."""
        if not campaigns:
            return
        self.env.flush_all()
        for column in ("partner_id", "lead_id"):
            self.env.cr.execute(self._upsert(column, self._select_facts(campaigns, column)))
        self.invalidate_model()

    @api.model
    def _upsert(self, column, facts):
        ranks = SQL(", ").join(
            SQL("(%s::varchar, %s)", state, rank) for rank, (state, _name) in enumerate(MEMBER_STATES)
        )
        states = [state for state, _name in MEMBER_STATES]
        key = SQL.identifier(column)
        return SQL(
            """INSERT INTO crm_campaign_member AS known (
                   campaign_id, %(key)s, rank, state, date_added, date_first_response)
               SELECT fact.campaign_id, fact.who, MAX(ranked.rank), (%(states)s)[MAX(ranked.rank) + 1], MIN(fact.date),
                      MIN(fact.date) FILTER (WHERE fact.state = ANY(%(responses)s))
                 FROM (%(facts)s) AS fact JOIN (VALUES %(ranks)s) AS ranked(state, rank) ON ranked.state = fact.state
                GROUP BY fact.campaign_id, fact.who
               ON CONFLICT (campaign_id, %(key)s) WHERE %(key)s IS NOT NULL
               DO UPDATE SET rank = EXCLUDED.rank, state = EXCLUDED.state,
                             date_first_response = EXCLUDED.date_first_response
                WHERE known.rank < EXCLUDED.rank
                   OR known.date_first_response IS DISTINCT FROM EXCLUDED.date_first_response""",
            key=key,
            states=states,
            responses=list(RESPONSES),
            facts=facts,
            ranks=ranks,
        )

    @api.model
    def _select_facts(self, campaigns, column):
        """SQL of who did what when: `campaign_id`, `who`, `state`, `date`."""
        if column == "lead_id":
            return SQL(
                """SELECT campaign_id, id AS who, 'deal' AS state, create_date AS date FROM crm_lead
                    WHERE campaign_id = ANY(%s) AND partner_id IS NULL""",
                campaigns.ids,
            )
        type_ids = self.env["crm.event.type"]._get_ids_by_code()
        codes = SQL(" ").join(
            SQL("WHEN %s THEN %s", type_ids[code], state) for code, state in EVENTS.items() if code in type_ids
        )
        return SQL(
            """SELECT campaign_id, partner_id AS who, CASE type_id %(codes)s END AS state, date FROM crm_event
                WHERE campaign_id = ANY(%(ids)s) AND partner_id IS NOT NULL AND type_id = ANY(%(types)s)
                  AND %(by_person)s
                UNION ALL
               SELECT journey.campaign_id, participant.partner_id, 'targeted', participant.date_entered
                 FROM crm_journey_participant participant
                 JOIN crm_journey journey ON journey.id = participant.journey_id
                WHERE journey.campaign_id = ANY(%(ids)s) AND participant.state <> 'control'
                UNION ALL
               SELECT relation.utm_campaign_id, member.partner_id, 'targeted', member.date_entered
                 FROM crm_campaign_segment_rel relation
                 JOIN crm_segment_member member
                   ON member.segment_id = relation.crm_segment_id AND member.date_left IS NULL
                WHERE relation.utm_campaign_id = ANY(%(ids)s)
                UNION ALL
               SELECT campaign_id, partner_id, 'deal', create_date FROM crm_lead
                WHERE campaign_id = ANY(%(ids)s) AND partner_id IS NOT NULL
                UNION ALL
               SELECT campaign_id, partner_id, 'customer', date_order FROM sale_order
                WHERE campaign_id = ANY(%(ids)s) AND state = 'sale'""",
            codes=SQL("%s ELSE NULL", codes) if codes else SQL("WHEN 0 THEN NULL"),
            ids=campaigns.ids,
            by_person=self.env["link.tracker.click"]._is_by_person("crm_event"),
            types=[type_ids[code] for code in EVENTS if code in type_ids],
        )

    @api.model
    def _cron_refresh(self):
        """Campaigns that are planned or run."""
        self._refresh(self.env["utm.campaign"].search([("plan_state", "in", ("planned", "running"))]))
