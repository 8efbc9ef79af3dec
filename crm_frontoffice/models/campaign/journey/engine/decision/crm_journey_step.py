from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ......contexts import is_simulated
from ....chance import BUCKETS, bucket_sql

MOST_HELD = 14  # how often a message is put off before it is left out
RECHECK_MINUTES = 60  # of conditions that no event tells
# What a trace says about how a customer reacted; who clicked or answered has seen the message.
REACTIONS = {
    "opened": SQL(
        "trace.open_datetime IS NOT NULL OR trace.links_click_datetime IS NOT NULL OR trace.trace_status = 'reply'"
    ),
    "clicked": SQL("trace.links_click_datetime IS NOT NULL"),
    "answered": SQL("trace.trace_status = 'reply'"),
    "bounced": SQL("trace.trace_status = 'bounce'"),
}


class CrmJourneyStep(models.Model):
    """What is decided at a step, as one query over a batch of participants.

    It gives of each his `id` and `partner_id`, the `outcome`, which is the way he goes, or nothing when he waits until
    `due`; `held` names what lets a message wait, `skipped` why it is left out.
    """

    _inherit = "crm.journey.step"

    def _decide(self, claim, failure=None):
        """The query for a batch; who failed goes on by the first way."""
        if failure:
            outcome = next((key for key, _name, _target in self._get_ways()), "end")
            return self._select_decided(claim, SQL("%s", outcome))
        decide = getattr(self, f"_decide_{self.kind}", None)
        return decide(claim) if decide else self._select_decided(claim, SQL("'next'"))

    def _select_decided(self, claim, outcome, due=None, held=None, skipped=None):
        nothing = SQL("NULL")
        return SQL(
            """SELECT participant.id, participant.partner_id, (%s)::varchar AS outcome, (%s)::timestamp AS due,
                      (%s)::varchar AS held, (%s)::varchar AS skipped
                 FROM crm_journey_participant participant
                 JOIN res_partner partner ON partner.id = participant.partner_id
                WHERE participant.id = ANY(%s)""",
            outcome,
            due or nothing,
            held or nothing,
            skipped or nothing,
            self._as_few([row[0] for row in claim]),
        )

    def _decide_exit(self, claim):
        return self._select_decided(claim, SQL("'end'"))

    # ---- messages

    def _decide_email(self, claim):
        return self._decide_message(claim, SQL("partner.email_normalized IS NULL"))

    def _decide_sms(self, claim):
        return self._decide_message(claim, SQL("partner.phone_sanitized IS NULL"))

    def _decide_letter(self, claim):
        return self._decide_message(claim, SQL("COALESCE(partner.street, '') = '' OR COALESCE(partner.city, '') = ''"))

    def _decide_message(self, claim, has_no_address):
        """Whether the message goes, later or not at all, each for one reason."""
        channel, company = self._get_channel(), self.journey_id.company_id
        pressure = self.env["crm.pressure"]
        cap, quiet = SQL("NULL::varchar"), SQL("NULL::timestamp")
        if not self.journey_id.is_limit_ignored:
            cap = pressure._get_cap_verdict("partner", channel, company)
            if channel != "post" and not is_simulated(self.env):
                quiet = pressure._get_quiet_end("partner", company)
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        judged = SQL(
            """SELECT participant.id, participant.partner_id, %(quiet)s AS quiet,
                      CASE WHEN %(has_no_address)s THEN 'address'
                           WHEN NOT %(consent)s THEN 'consent'
                           ELSE COALESCE(CASE WHEN participant.held_count >= %(most)s
                                              THEN REPLACE(%(cap)s, 'defer', 'drop') ELSE %(cap)s END, 'send')
                      END AS verdict
                 FROM crm_journey_participant participant
                 JOIN res_partner partner ON partner.id = participant.partner_id
                WHERE participant.id = ANY(%(ids)s)""",
            quiet=quiet,
            has_no_address=has_no_address,
            consent=self._get_consent(channel),
            most=0 if is_simulated(self.env) else MOST_HELD,
            cap=cap,
            ids=self._as_few([row[0] for row in claim]),
        )
        return SQL(
            """SELECT id, partner_id,
                      CASE WHEN verdict IN ('address', 'consent', 'drop') OR (verdict = 'send' AND quiet IS NULL)
                           THEN 'next' END::varchar AS outcome,
                      CASE WHEN verdict = 'defer' THEN %s ELSE quiet END::timestamp AS due,
                      CASE WHEN verdict = 'defer' THEN 'cap'
                           WHEN verdict = 'send' AND quiet IS NOT NULL THEN 'quiet' END::varchar AS held,
                      CASE WHEN verdict = 'drop' THEN 'cap'
                           WHEN verdict IN ('address', 'consent') THEN verdict END::varchar AS skipped
                 FROM (%s) AS judged""",
            tomorrow,
            judged,
        )

    def _get_consent(self, channel):
        """SQL of whether the purpose of the journey is allowed; without one only Odoo's blacklists are obeyed."""
        purpose = self.journey_id.purpose_id
        return self.env["res.partner"]._get_consent_condition("partner", channel, purpose) if purpose else SQL("true")

    # ---- waiting

    def _decide_wait(self, claim):
        if is_simulated(self.env):
            outcome = self._get_assumed() if self.wait_kind == "until" else SQL("'next'")
            return self._select_decided(claim, outcome)
        over = SQL("participant.date_started IS NOT NULL AND participant.date_due <= %s", fields.Datetime.now())
        if self.wait_kind == "moment":
            return self._select_decided(claim, SQL("CASE WHEN %s THEN 'next' END", over), self._get_moment())
        end = SQL(
            "COALESCE(participant.date_started, %s) + make_interval(%s => %s)",
            fields.Datetime.now(),
            SQL({"minutes": "mins"}.get(self.wait_unit, self.wait_unit)),
            self.wait_number,
        )
        over = SQL("%s <= %s", end, fields.Datetime.now())
        if self.wait_kind == "time":
            return self._select_decided(claim, SQL("CASE WHEN %s THEN 'next' END", over), end)
        condition = self._get_condition(claim)
        outcome = SQL("CASE WHEN %s THEN 'next' WHEN %s THEN 'other' END", condition, over)
        if self.condition_kind in ("segment", "partner"):
            recheck = fields.Datetime.add(fields.Datetime.now(), minutes=RECHECK_MINUTES)
            end = SQL("LEAST(%s, %s)", end, recheck)
        return self._select_decided(claim, outcome, end)

    def _get_moment(self):
        """SQL of the next such day and hour in the customer's time zone."""
        zone = self.env["crm.pressure"]._get_time_zone("partner", self.journey_id.company_id)
        local = SQL("(%s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %s)", fields.Datetime.now(), zone)
        days = {"any": range(7), "work": range(5)}.get(self.wait_weekday) or [int(self.wait_weekday)]
        # A week ahead there is each weekday, even when today's hour is over.
        return SQL(
            """(SELECT MIN(moment) AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' FROM (
                    SELECT date_trunc('day', %(local)s) + make_interval(days => ahead, mins => %(minutes)s) AS moment
                      FROM generate_series(0, 7) AS ahead) AS moments
                 WHERE moment > %(local)s AND EXTRACT(isodow FROM moment) = ANY(%(days)s))""",
            zone=zone,
            local=local,
            minutes=round(self.wait_hour * 60),
            days=[day + 1 for day in days],
        )

    # ---- branching

    def _decide_branch(self, claim):
        assumed = is_simulated(self.env) and self.condition_kind in ("reaction", "event")
        if assumed:
            return self._select_decided(claim, self._get_assumed())
        return self._select_decided(claim, SQL("CASE WHEN %s THEN 'next' ELSE 'other' END", self._get_condition(claim)))

    def _get_assumed(self):
        chance = bucket_sql(f"assumed-{self.id}", SQL("participant.partner_id"))
        return SQL(
            "CASE WHEN %s < %s THEN 'next' ELSE 'other' END", chance, round(self.assumed_percent * BUCKETS / 100)
        )

    def _get_condition(self, claim):
        if self.condition_kind == "reaction":
            return self._get_reacted()
        if self.condition_kind == "event":
            return self._get_happened(self.type_id.ids)
        if self.condition_kind == "segment":
            return self._get_belongs(self.segment_id)
        partners = self.env["res.partner"].with_context(active_test=False)
        # Of the batch only: the cost of a batch must not grow with the customers that there are.
        found = partners._search(Domain("id", "in", [row[1] for row in claim]) & self._parse_partner_domain())
        return SQL("participant.partner_id IN %s", found.subselect())

    def _get_reacted(self):
        return SQL(
            """EXISTS (SELECT FROM crm_journey_message message
                         JOIN mailing_trace trace ON trace.journey_message_id = message.id
                        WHERE message.participant_id = participant.id AND message.step_id = %s AND (%s))""",
            self.message_step_id.id,
            REACTIONS[self.answer],
        )

    def _get_happened(self, type_ids):
        """SQL of whether something happened to the customer since he entered.

        Among his events, never among all of the type: of a new type old statistics say that there are hardly any.
        """
        return SQL(
            """EXISTS (SELECT FROM crm_event event
                        WHERE event.commercial_partner_id = partner.commercial_partner_id
                          AND event.date >= participant.date_entered AND event.type_id + 0 = ANY(%s)
                          AND event.id IS DISTINCT FROM participant.event_id)""",
            type_ids,
        )

    def _get_belongs(self, segment):
        return SQL(
            """EXISTS (SELECT FROM crm_segment_member member
                        WHERE member.partner_id = participant.partner_id AND member.segment_id = %s
                          AND member.date_left IS NULL)""",
            segment.id,
        )

    def _decide_split(self, claim):
        """By a hash of the customer: who is let through twice goes the same way."""
        chance, above, cases = bucket_sql(f"split-{self.id}", SQL("participant.partner_id")), 0.0, []
        for way in self.variant_ids[:-1]:
            above += way.percent
            cases.append(SQL("WHEN %s < %s THEN %s", chance, round(above * BUCKETS / 100), f"v{way.id}"))
        last = f"v{self.variant_ids[-1:].id}"
        return self._select_decided(
            claim, SQL("CASE %s ELSE %s END", SQL(" ").join(cases), last) if cases else SQL("%s", last)
        )
