import logging

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .....contexts import is_simulated

_logger = logging.getLogger(__name__)

BATCH = 2000  # participants of one step that go on in one transaction
HANDED = 500  # messages that are made in one transaction


class CrmJourneyStep(models.Model):
    """The engine: what is due at a step goes on, batch by batch, each batch in a transaction of its own.

    A batch is claimed with locks that other workers skip. What is decided, the proof of it, the row in the outbox and
    the new place of the participant are one statement; whoever is killed leaves either all of it or nothing.
    """

    _inherit = "crm.journey.step"

    # ---- jobs

    @api.model
    def _get_due_steps(self, journeys):
        """The steps of running journeys at which somebody is due."""
        self.env["crm.journey"].flush_model(["state", "sequence"])
        self.env["crm.journey.participant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT step.id FROM crm_journey_step step
                     JOIN crm_journey journey ON journey.id = step.journey_id
                    WHERE journey.id = ANY(%s) AND journey.state = 'running' AND EXISTS (
                          SELECT FROM crm_journey_participant participant
                           WHERE participant.step_id = step.id AND participant.state = 'waiting'
                             AND participant.date_due <= %s)
                    ORDER BY journey.sequence, step.id""",
                journeys.ids,
                fields.Datetime.now(),
            )
        )
        return self.browse(row[0] for row in rows)

    def _request_tick(self):
        self._request("_tick", "crm_journey_tick")

    def _request_handing(self):
        self._request("_hand_over", "crm_journey_hand")

    def _request(self, method, key):
        """Have a step worked on after the commit, by one job for each step and transaction.

        A job that another transaction asked for may be over before this one commits: it would not see these rows.
        """
        if not self or is_simulated(self.env):
            return
        [[transaction]] = self.env.execute_query(SQL("SELECT pg_current_xact_id()::text"))
        # The job is the system's: it works with neither the rights nor the language nor the companies of who caused it.
        for step in self.with_env(self.env(user=SUPERUSER_ID, context={})):
            delayed = step.with_delay(
                identity_key=f"{key}:{step.id}:{transaction}",
                priority=step.journey_id.sequence,
                description=f"{step.journey_id.name}: {step.name}",
            )
            getattr(delayed, method)()

    def _tick(self, limit=BATCH):
        """Job: let a batch of those who are due at this step go on.

        :return: how many were looked at
        """
        if not self.exists() or (self.journey_id.state != "running" and not is_simulated(self.env)):
            return 0
        self.env.flush_all()
        claim = self._claim(limit)
        if claim:
            self._let_out(claim)
            self._pass(claim)
            self.env["crm.journey.participant"].invalidate_model()
            self.env["crm.journey.message"].invalidate_model()
        if len(claim) == limit:
            self._request_tick()
        return len(claim)

    def _claim(self, limit):
        """Lock those who have been due for longest; what another worker holds is his business.

        :return: list of (participant, partner)
        """
        return self.env.execute_query(
            SQL(
                """SELECT id, partner_id FROM crm_journey_participant
                    WHERE step_id = %s AND state = 'waiting' AND date_due <= %s
                    ORDER BY date_due, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED""",
                self.id,
                self._get_now(),
                limit,
            )
        )

    @api.model
    def _as_few(self, ids):
        """SQL of an array whose length PostgreSQL does not see when it plans.

        For two thousand rows it would rather read the whole table, and a batch would cost more the more take part.
        """
        return SQL("(SELECT %s::int[])::int[]", ids)

    def _get_now(self):
        """In a simulation all waits are over."""
        now = fields.Datetime.now()
        return fields.Datetime.add(now, years=100) if is_simulated(self.env) else now

    # ---- leaving

    def _let_out(self, claim):
        """Those who reached the goal, or for whom the journey makes no sense any more, go no further."""
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_journey_participant participant
                      SET state = CASE WHEN fate = 'goal' THEN 'goal' ELSE 'exited' END,
                          reason = NULLIF(fate, 'goal'), date_ended = %s, step_id = NULL
                     FROM (SELECT participant.id, %s AS fate
                             FROM crm_journey_participant participant
                             JOIN res_partner partner ON partner.id = participant.partner_id
                            WHERE participant.id = ANY(%s)) AS judged
                    WHERE judged.id = participant.id AND judged.fate IS NOT NULL
                RETURNING participant.id""",
                fields.Datetime.now(),
                self._get_fate(),
                self._as_few([row[0] for row in claim]),
            )
        )
        gone = {row[0] for row in rows}
        claim[:] = [row for row in claim if row[0] not in gone]

    def _get_fate(self):
        """SQL of why a participant leaves: 'goal' or a reason; NULL when he goes on."""
        journey = self.journey_id
        cases = [SQL("WHEN NOT partner.active THEN 'gone'")]
        if journey.goal_type_id:
            cases.append(SQL("WHEN %s THEN 'goal'", self._get_happened(journey.goal_type_id.ids)))
        if journey.exit_type_ids:
            cases.append(SQL("WHEN %s THEN 'event'", self._get_happened(journey.exit_type_ids.ids)))
        if journey.exit_segment_id:
            cases.append(SQL("WHEN %s THEN 'segment'", self._get_belongs(journey.exit_segment_id)))
        return SQL("CASE %s END", SQL(" ").join(cases))

    # ---- going on

    def _pass(self, claim):
        """Decide, note and do; when it fails, in halves, so that a culprit stops nobody else."""
        if not claim:
            return
        try:
            with self.env.cr.savepoint():
                passed = self._move(claim)
                deed = getattr(self, f"_do_{self.kind}", None)
                if deed and passed and not is_simulated(self.env):
                    deed(self.env["crm.journey.participant"].browse(passed))
        except OperationalError:
            # Another worker was faster, or the connection is gone: the job is repeated.
            raise
        except Exception as error:
            if len(claim) > 1:
                middle = len(claim) // 2
                self._pass(claim[:middle])
                self._pass(claim[middle:])
                return
            _logger.exception("Step %s of a journey failed for participant %s", self.id, claim[0][0])
            self._move(claim, failure=str(error)[:200])

    def _move(self, claim, *, failure=None):
        """Note what is decided and put everybody where he goes on, in one statement.

        :return: ids of those who passed the step
        """
        rows = self.env.execute_query(self._move_decided(self._decide(claim, failure), failure))
        passed = [row[0] for row in rows if row[1]]
        if passed:
            self.browse({row[2] for row in rows if row[1] and row[2]})._request_tick()
            if self._get_channel() in ("email", "sms"):
                self._request_handing()
        return passed

    def _move_decided(self, decided, failure):
        """SQL that gives of each participant whether he has passed, and the step at which he is then."""
        routes = [(key, target.id or None) for key, _name, target in self._get_ways()] or [("end", None)]
        return SQL(
            """WITH decided AS MATERIALIZED (%(decided)s),
                    route(outcome, target) AS (VALUES %(routes)s),
                    passed AS (
                        INSERT INTO crm_journey_passage (participant_id, step_id, date, outcome, reason)
                        SELECT id, %(step)s, %(now)s, outcome, COALESCE(skipped, %(failure)s)
                          FROM decided WHERE outcome IS NOT NULL
                        ON CONFLICT (participant_id, step_id) DO NOTHING
                        RETURNING participant_id)
                    %(messages)s
               UPDATE crm_journey_participant participant
                  SET step_id = CASE WHEN decided.outcome IS NULL THEN participant.step_id ELSE route.target END,
                      state = CASE WHEN decided.outcome IS NULL OR route.target IS NOT NULL THEN 'waiting'
                                   ELSE 'done' END,
                      date_due = CASE WHEN decided.outcome IS NULL THEN decided.due ELSE %(now)s END,
                      date_started = CASE WHEN decided.outcome IS NULL
                                          THEN COALESCE(participant.date_started, %(now)s) END,
                      date_ended = CASE WHEN decided.outcome IS NOT NULL AND route.target IS NULL THEN %(now)s END,
                      held_count = participant.held_count + CASE WHEN decided.held IS NULL THEN 0 ELSE 1 END,
                      held_reason = decided.held
                 FROM decided
                 LEFT JOIN route ON route.outcome = decided.outcome
                 LEFT JOIN passed ON passed.participant_id = decided.id
                WHERE participant.id = decided.id
            RETURNING participant.id, passed.participant_id IS NOT NULL, participant.step_id""",
            decided=decided,
            routes=SQL(", ").join(SQL("(%s::varchar, %s::int)", key, target) for key, target in routes),
            step=self.id,
            now=fields.Datetime.now(),
            failure=failure,
            messages=SQL("") if failure else self._insert_messages(self._get_channel()),
        )

    def _get_channel(self):
        return {"email": "email", "sms": "sms", "letter": "post"}.get(self.kind)

    def _insert_messages(self, channel):
        """SQL of the part that writes the outbox and counts what the customers get; nothing for other steps."""
        if not channel:
            return SQL("")
        return SQL(
            """, queued AS (
                    INSERT INTO crm_journey_message (
                        journey_id, participant_id, step_id, partner_id, channel, state, reason, date_queued)
                    SELECT %(journey)s, decided.id, %(step)s, decided.partner_id, %(channel)s,
                           CASE WHEN decided.skipped IS NULL THEN 'queued' ELSE 'skipped' END, decided.skipped, %(now)s
                      FROM decided JOIN passed ON passed.participant_id = decided.id
                     ORDER BY decided.id
                    ON CONFLICT (participant_id, step_id) DO NOTHING
                    RETURNING partner_id, state),
                counted AS (%(counted)s)""",
            journey=self.journey_id.id,
            step=self.id,
            channel=channel,
            now=fields.Datetime.now(),
            counted=self.env["crm.pressure"]._insert_counts(
                SQL(
                    "SELECT partner_id, %s, %s::date, COUNT(*) FROM queued WHERE state = 'queued' GROUP BY partner_id",
                    channel,
                    fields.Date.today(),
                )
            ),
        )

    # ---- handing messages over

    def _hand_over(self, limit=HANDED):
        """Job: make the messages of a batch of the outbox, in the transaction in which they are noted as made."""
        if not self.exists() or self.journey_id.state == "paused":
            return
        self.env.flush_all()
        domain = [("step_id", "=", self.id), ("state", "=", "queued")]
        messages = self.env["crm.journey.message"].search(domain, order="id", limit=limit)
        free = messages.try_lock_for_update(allow_referencing=True)
        self._make_messages(free - self._drop_unwanted(free))
        if free and len(messages) == limit:
            self._request_handing()

    def _drop_unwanted(self, messages):
        """In the last moment: who has left, reached the goal or withdrawn his consent gets nothing."""
        if not messages:
            return messages
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_journey_message message SET state = 'skipped', reason = judged.fate
                     FROM (SELECT message.id,
                                  CASE WHEN participant.state = 'exited' THEN 'left'
                                       WHEN participant.state = 'goal' OR %(fate)s = 'goal' THEN 'goal'
                                       WHEN %(fate)s IS NOT NULL THEN 'left'
                                       WHEN NOT %(consent)s THEN 'consent' END AS fate
                             FROM crm_journey_message message
                             JOIN crm_journey_participant participant ON participant.id = message.participant_id
                             JOIN res_partner partner ON partner.id = message.partner_id
                            WHERE message.id = ANY(%(ids)s)) AS judged
                    WHERE judged.id = message.id AND judged.fate IS NOT NULL
                RETURNING message.id""",
                fate=self._get_fate(),
                consent=self._get_consent(self._get_channel()),
                ids=self._as_few(messages.ids),
            )
        )
        messages.invalidate_recordset()
        return messages.browse(row[0] for row in rows)

    def _make_messages(self, messages):
        """Make messages and note that they are made; in halves when it fails, so that a culprit stops nobody else."""
        if not messages:
            return
        # Of two rounds of one customer each makes a message of its own.
        firsts = messages.browse({message.partner_id: message.id for message in reversed(messages)}.values())
        try:
            with self.env.cr.savepoint():
                firsts.write({"state": "handed", "date_handed": fields.Datetime.now()})
                self.mailing_id._make_for_journey({message.partner_id.id: message.id for message in firsts})
                self.env.flush_all()
        except OperationalError:
            raise
        except Exception as error:
            if len(messages) > 1:
                middle = len(messages) // 2
                self._make_messages(messages[:middle])
                self._make_messages(messages[middle:])
                return
            _logger.exception("Message %s of a journey could not be made", messages.id)
            messages.write({"state": "failed", "reason": "error", "error": str(error)[:200]})
            return
        self._make_messages(messages - firsts)
