import json

from odoo import api, fields, models
from odoo.tools import SQL

from . import habit

CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Post"),
    ("chat", "Messenger"),
]
DAYPARTS = [("morning", "Mornings"), ("afternoon", "Afternoons"), ("evening", "Evenings")]
ANSWER_HOURS = {"email": 72, "sms": 24, "phone": 24, "post": 24 * 14, "chat": 24}  # later it is no answer any more
YEARS = 2  # older contacts tell about another life
BATCH = 5000  # events of one transaction
READER = "contact_habit"


class CrmContactHabit(models.Model):
    """How a customer is best reached: learned nightly from contacts that he answered, unless somebody said otherwise.

    Beside the partner, whose row is wide. Bulk selects join `channel` and `daypart`, which are what counts.
    """

    _name = "crm.contact.habit"
    _description = "Preferred Channel and Time"
    _rec_name = "channel"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    learned_channel = fields.Selection(CHANNELS, readonly=True)
    learned_daypart = fields.Selection(DAYPARTS, readonly=True)
    answered_count = fields.Integer("Contacts Answered", readonly=True, help="Over the learned channel.")
    contact_count = fields.Integer("Contacts", readonly=True, help="Over the learned channel.")
    chosen_channel = fields.Selection(CHANNELS)
    chosen_daypart = fields.Selection(DAYPARTS)
    chosen_by = fields.Selection([("staff", "An employee"), ("customer", "The customer")])
    channel = fields.Selection(CHANNELS, compute="_compute_channel", store=True)
    daypart = fields.Selection(DAYPARTS, compute="_compute_channel", store=True)

    _partner_unique = models.UniqueIndex("(partner_id)")

    @api.depends("learned_channel", "learned_daypart", "chosen_channel", "chosen_daypart")
    def _compute_channel(self):
        """The same rule stands in `_write_learned`, for the nightly statement."""
        for row in self:
            row.channel = row.chosen_channel or row.learned_channel
            row.daypart = row.chosen_daypart or row.learned_daypart

    @api.model
    def _choose(self, partners, by, **chosen):
        """Somebody says how customers want to be reached; learning never overwrites it.

        :param by: "staff" or "customer"
        :param chosen: `chosen_channel` and `chosen_daypart`, as far as they are said; False takes a choice back
        """
        known = self.search([("partner_id", "in", partners.ids)])
        known.write({**chosen, "chosen_by": by})
        self.create([{"partner_id": partner.id, "chosen_by": by, **chosen} for partner in partners - known.partner_id])

    def _explain(self):
        """One line for people, such as “Answers SMS, mornings; 14 of 17”."""
        self.ensure_one()
        label = {name: dict(self._fields[name]._description_selection(self.env)) for name in ("channel", "daypart")}
        lines = []
        if self.chosen_channel or self.chosen_daypart:
            parts = [label["channel"].get(self.chosen_channel), label["daypart"].get(self.chosen_daypart)]
            text = (
                self.env._("Wished by the customer: %(wish)s")
                if self.chosen_by == "customer"
                else self.env._("Set by hand: %(wish)s")
            )
            lines.append(text % {"wish": ", ".join(part for part in parts if part)})
        if self.learned_channel:
            parts = [label["channel"][self.learned_channel], label["daypart"].get(self.learned_daypart, "").lower()]
            lines.append(
                self.env._(
                    "Answers %(how)s; %(answered)s of %(tried)s",
                    how=", ".join(part for part in parts if part),
                    answered=self.answered_count,
                    tried=self.contact_count,
                )
            )
        return ". ".join(lines)

    # ---- learning

    @api.model
    def _cron_learn(self):
        """Learn anew of everybody with whom something happened since the last night, batch by batch."""
        cursor = self.env["crm.event.cursor"]._get(READER)
        while events := cursor._read_next(BATCH):
            self._learn(events.partner_id)
            cursor._move_to(events[-1])
            more = len(events) == BATCH
            if not self.env["ir.cron"]._commit_progress(len(events), remaining=BATCH if more else 0) or not more:
                return

    @api.model
    def _learn(self, partners):
        """Three statements, however many partners."""
        counts = {}
        for partner_id, *row in self.env.execute_query(self._select_contacts(partners)):
            counts.setdefault(partner_id, []).append(row)
        learned = [{"partner_id": partner_id, **habit.learn(rows)} for partner_id, rows in sorted(counts.items())]
        self._write_learned(learned)

    @api.model
    def _select_contacts(self, partners):
        """Contacts to the partners by channel and local part of the day: how many were answered, how many made.

        Whoever logs a contact says whether it was answered. A call that lasted was; everything else is, when the
        customer shows up in time over any channel.
        """
        hours = SQL(" ").join(SQL("WHEN %s THEN %s", channel, number) for channel, number in ANSWER_HOURS.items())
        return SQL(
            """WITH talk AS (
                   SELECT id, channel, direction FROM crm_event_type WHERE kind IN ('message', 'contact', 'campaign')),
               contact AS (
                   SELECT event.partner_id, talk.channel,
                          extract(hour FROM event.date AT TIME ZONE 'UTC'
                                  AT TIME ZONE COALESCE(partner.tz, %(tz)s))::int AS hour,
                          COALESCE((event.payload->>'answered')::boolean, FALSE)
                          OR COALESCE((event.payload->>'minutes')::numeric, 0) > 0 AND talk.channel = 'phone'
                          OR event.payload->>'answered' IS NULL AND EXISTS (
                              SELECT FROM crm_event answer JOIN talk reply ON reply.id = answer.type_id
                               WHERE answer.partner_id = event.partner_id AND reply.direction = 'in'
                                 AND answer.date > event.date
                                 AND answer.date <= event.date + CASE talk.channel %(hours)s END * interval '1 hour'
                          ) AS is_answered
                     FROM crm_event event
                     JOIN talk ON talk.id = event.type_id
                      AND talk.direction = 'out' AND talk.channel = ANY(%(channels)s)
                     JOIN res_partner partner ON partner.id = event.partner_id
                    WHERE event.partner_id = ANY(%(partners)s) AND event.date > %(since)s)
               SELECT partner_id, channel,
                      CASE WHEN hour BETWEEN 6 AND 11 THEN 'morning' WHEN hour BETWEEN 12 AND 17 THEN 'afternoon'
                           WHEN hour BETWEEN 18 AND 22 THEN 'evening' END AS daypart,
                      count(*) FILTER (WHERE is_answered), count(*)
                 FROM contact GROUP BY 1, 2, 3""",
            # sudo: the time zone of the company stands for customers who have none
            tz=self.env.company.partner_id.sudo().tz or "UTC",
            hours=hours,
            channels=list(ANSWER_HOURS),
            partners=partners.ids,
            since=fields.Datetime.subtract(fields.Datetime.now(), years=YEARS),
        )

    @api.model
    def _write_learned(self, learned):
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_contact_habit AS known (partner_id, learned_channel, learned_daypart, answered_count,
                                                           contact_count, channel, daypart)
                   SELECT partner_id, learned_channel, learned_daypart, answered_count, contact_count,
                          learned_channel, learned_daypart
                     FROM jsonb_to_recordset(%s::jsonb) AS new(partner_id int, learned_channel varchar,
                          learned_daypart varchar, answered_count int, contact_count int)
                    ORDER BY partner_id
                   ON CONFLICT (partner_id) DO UPDATE
                      SET learned_channel = EXCLUDED.learned_channel, learned_daypart = EXCLUDED.learned_daypart,
                          answered_count = EXCLUDED.answered_count, contact_count = EXCLUDED.contact_count,
                          channel = COALESCE(known.chosen_channel, EXCLUDED.learned_channel),
                          daypart = COALESCE(known.chosen_daypart, EXCLUDED.learned_daypart)
                    WHERE (known.learned_channel, known.learned_daypart, known.answered_count, known.contact_count)
                          IS DISTINCT FROM (EXCLUDED.learned_channel, EXCLUDED.learned_daypart,
                                            EXCLUDED.answered_count, EXCLUDED.contact_count)""",
                json.dumps(learned),
            )
        )
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(["preferred_channel", "preferred_daypart", "contact_habit"])

    @api.model
    def _premerge_partners(self, source_ids, target_id):
        """Before partners become one: a choice wins over what was learned, and the next night learns anew."""
        everybody = [*source_ids, target_id]
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_contact_habit WHERE partner_id = ANY(%s) AND id <> (
                       SELECT id FROM crm_contact_habit WHERE partner_id = ANY(%s)
                        ORDER BY chosen_by IS NULL, partner_id = %s DESC, contact_count DESC, id LIMIT 1)""",
                everybody,
                everybody,
                target_id,
            )
        )
        self.env.cr.execute(
            SQL("UPDATE crm_contact_habit SET partner_id = %s WHERE partner_id = ANY(%s)", target_id, list(source_ids))
        )
        self.invalidate_model()
