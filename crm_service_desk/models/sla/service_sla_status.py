from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .promise import NO_LEVEL, NewPromise, Promise, list_pauses
from .service_sla_level import METRIC_NAMES
from .sla_clock import DONE, WorkClock, is_stopped, state_after_move

WATCH_BATCH = 500
# The table of working time reaches this far at first; long promises get a longer one, twice at most.
FIRST_HORIZON = timedelta(days=21)
LAST_HORIZON = timedelta(days=1200)
DATES = ("date_deadline", "paused_seconds", "next_level_id", "date_escalation")
WRITE_DATES = """
    UPDATE service_sla_status row
       SET date_deadline = new.date_deadline,
           paused_seconds = COALESCE(new.paused_seconds, 0),
           next_level_id = new.next_level_id,
           date_escalation = new.date_escalation
      FROM unnest(%s, %s::timestamp[], %s::integer[], %s::integer[], %s::timestamp[])
           AS new(id, date_deadline, paused_seconds, next_level_id, date_escalation)
     WHERE row.id = new.id
"""


class ServiceSlaStatus(models.Model):
    """One promise for one ticket: its clock, and whether it was kept."""

    _name = "service.sla.status"
    _description = "SLA Status"
    _order = "id"
    _rec_name = "metric"

    ticket_id = fields.Many2one("service.ticket", required=True, index=True, ondelete="cascade", readonly=True)
    metric = fields.Selection(METRIC_NAMES, required=True, readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("met", "Met"),
            ("missed", "Missed"),
            ("cancelled", "Not needed"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    policy_id = fields.Many2one("service.sla.policy", readonly=True, index="btree_not_null", ondelete="set null")
    calendar_id = fields.Many2one(
        "resource.calendar", "Working Hours", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True, precompute=True)
    target_minutes = fields.Integer("Target (min)", readonly=True, aggregator="avg")
    date_start = fields.Datetime(required=True, readonly=True)
    date_deadline = fields.Datetime("Deadline", readonly=True)
    date_reached = fields.Datetime("Reached", readonly=True)
    date_missed = fields.Datetime("Missed", readonly=True)
    date_paused = fields.Datetime("Standing Since", readonly=True)
    paused_seconds = fields.Integer("Paused (s)", readonly=True, help="Working time during which the clock stood.")
    date_escalation = fields.Datetime("Next Escalation", readonly=True)
    next_level_id = fields.Many2one("service.sla.level", readonly=True, ondelete="set null")
    alert_ids = fields.One2many(
        "service.sla.alert", "status_id", "Escalations", groups="crm_service_desk.group_service_desk_agent"
    )

    _clock_unique = models.UniqueIndex(
        "(ticket_id, metric) WHERE metric IN ('first_answer', 'solution') OR date_reached IS NULL",
        "A ticket has one clock per metric.",
    )
    _due_idx = models.Index("(date_deadline) WHERE state = 'running'")
    _escalation_idx = models.Index("(date_escalation) WHERE date_escalation IS NOT NULL")
    _level_idx = models.Index("(next_level_id) WHERE next_level_id IS NOT NULL")

    # ---- deadlines

    def _set_deadlines(self):
        """Store when every promise is due and when somebody has to be told."""
        dates = self._find_deadlines(
            [
                Promise(row, row.calendar_id, row.company_id, row.date_start, row.target_minutes * 60,
                        row._get_pauses(), row._get_next_level())
                for row in self
            ]
        )  # fmt: skip
        self._write_dates(dates)

    def _write_dates(self, dates):
        """Store what differs with one statement: a holiday moves thousands of clocks, each to a moment of its own.

        :param dates: by row, see `Promise.find_dates`
        """
        changed = {row: values for row, values in dates.items() if row._differs_from(values)}
        if not changed:
            return
        rows = self.browse(row.id for row in changed)
        rows.flush_recordset(DATES)
        columns = [[values[name] or None for values in changed.values()] for name in DATES]
        self.env.execute_query(SQL(WRITE_DATES, rows.ids, *columns))
        rows.invalidate_recordset(DATES, flush=False)
        rows.modified(DATES)

    def _differs_from(self, values):
        return any(self._fields[name].convert_to_write(self[name], self) != value for name, value in values.items())

    @api.model
    def _complete_deadlines(self, vals_list):
        """The same for promises that are about to be made."""
        promises = []
        for number, vals in enumerate(vals_list):
            new = self._prepare_new(vals)
            calendar = self.env["resource.calendar"].browse(vals["calendar_id"] or [])
            level = next((level for level in new.rule.levels if level[1] in (False, vals["metric"])), NO_LEVEL)
            promises.append(
                Promise(number, calendar, new.ticket.company_id, vals["date_start"], vals["target_minutes"] * 60,
                        new.pauses, level)
            )  # fmt: skip
        dates = self._find_deadlines(promises)
        return [{**vals, **dates[number]} for number, vals in enumerate(vals_list)]

    @api.model
    def _prepare_new(self, vals):
        ticket = self.env["service.ticket"].browse(vals["ticket_id"])
        rule = self.env["service.sla.policy"].browse(vals["policy_id"])._get_rule()
        return NewPromise(ticket, rule, list_pauses(ticket.phase_ids, vals["metric"], rule.third_party_counts))

    @api.model
    def _find_deadlines(self, promises):
        """The dates of each promise, with one table of working time for all of a calendar and a company."""
        groups = {}
        for promise in promises:
            groups.setdefault((promise.calendar, promise.company), []).append(promise)
        dates = {}
        for (calendar, company), pending in groups.items():
            horizon, now = FIRST_HORIZON, fields.Datetime.now()
            while pending:
                starts = [promise.start for promise in pending]
                clock = self._get_clock(calendar, company, min(starts), max(max(starts) + horizon, now + FIRST_HORIZON))
                dates |= {promise.key: promise.find_dates(clock) for promise in pending}
                pending = [promise for promise in pending if promise.is_beyond(dates[promise.key])]
                if not calendar or horizon >= LAST_HORIZON:
                    break
                horizon *= 8
        return dates

    @api.model
    def _write_changes(self, changes):
        """Write only what differs, and the same to all whom it is for: few of thousands of clocks have a new target.

        :param changes: values by row
        """
        groups = {}
        for row, values in changes.items():
            if row._differs_from(values):
                groups.setdefault(tuple(values.items()), []).append(row.id)
        for values, ids in groups.items():
            self.browse(ids).write(dict(values))

    def _get_pauses(self):
        """The spells of the ticket's life that are over and in which this clock stood still."""
        return list_pauses(self.ticket_id.phase_ids, self.metric, self.policy_id._get_rule().third_party_counts)

    def _stands_in(self, category):
        return is_stopped(self.metric, category, third_party_counts=self.policy_id._get_rule().third_party_counts)

    def _get_next_level(self):
        """The first level of escalation that this promise has not come to yet: id, metric, percent."""
        levels = self.policy_id._get_rule().levels
        if self.date_reached or not levels:
            return NO_LEVEL
        done = set(self.alert_ids.level_id.ids)
        return next((level for level in levels if level[1] in (False, self.metric) and level[0] not in done), NO_LEVEL)

    @api.model
    def _get_clock(self, calendar, company, start, stop):
        """The working time of a calendar between two moments; without a calendar, every hour counts."""
        if not calendar:
            return WorkClock([(start, stop + LAST_HORIZON)])
        # Without this domain the holidays of other companies would stop the clock too.
        leaves = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
        # sudo: a customer's message moves clocks, although he may not read calendars
        spells = calendar.sudo()._work_intervals_batch(
            start.replace(tzinfo=UTC), stop.replace(tzinfo=UTC), domain=leaves
        )[False]
        return WorkClock([(self._to_second(begin), self._to_second(end)) for begin, end, _meta in spells])

    @staticmethod
    def _to_second(moment):
        """Odoo ends a day a microsecond before midnight."""
        return (moment.astimezone(UTC) + timedelta(microseconds=1)).replace(tzinfo=None, microsecond=0)

    # ---- life of a promise

    def _is_overdue(self, now):
        self.ensure_one()
        return self.state == "running" and bool(self.date_deadline) and now > self.date_deadline

    def _follow_category(self, now):
        """The tickets moved to another category: stop, go on, or settle the promise."""
        rows = self.filtered(lambda row: row.metric == "solution" or not row.date_reached)
        overdue = rows.filtered(lambda row: row._is_overdue(now))
        standing = rows.filtered(lambda row: row._stands_in(row.ticket_id.category))
        (rows - standing).filtered("date_paused")._go_on()
        for row in rows:
            category = row.ticket_id.category
            state = state_after_move(
                row.metric,
                row.state,
                overdue=row in overdue,
                category=category,
                third_party_counts=row.policy_id._get_rule().third_party_counts,
            )
            values = {"state": state} if state != row.state else {}
            if row in standing and not row.date_paused:
                values["date_paused"] = now
            is_reached = category in DONE and state != "cancelled"
            if row.metric == "solution" and bool(row.date_reached) != is_reached:
                values["date_reached"] = now if is_reached else False
            if values:
                row.write(values)
        overdue._tell_missed()

    def _go_on(self):
        """Clocks that stood run again: the time that passed meanwhile is credited."""
        self.date_paused = False
        self._set_deadlines()

    def _catch_up(self):
        """Promises that were made late: what they promise may have happened already."""
        for row in self:
            reached = {"first_answer": row.ticket_id.date_first_answer, "solution": row.ticket_id.date_closed}.get(
                row.metric
            )
            if reached:
                is_late = bool(row.date_deadline) and reached > row.date_deadline
                # Nobody is told of what was over before it was promised.
                row.write(
                    {
                        "date_reached": reached,
                        "state": "missed" if is_late else "met",
                        "date_missed": is_late and row.date_deadline,
                    }
                )

    def _reach(self, now):
        """The promised thing has happened."""
        rows = self.filtered(lambda row: not row.date_reached)
        overdue = rows.filtered(lambda row: row._is_overdue(now))
        rows.date_reached = now
        (rows - overdue).filtered(lambda row: row.state != "missed").state = "met"
        overdue.state = "missed"
        overdue._tell_missed()

    def _tell_missed(self):
        """Tell the event log and the team leader, once per promise."""
        untold = self.filtered(lambda row: not row.date_missed)
        for row in untold:
            row.date_missed = row.date_deadline
        for metric, rows in untold.grouped("metric").items():
            rows.ticket_id._tell_sla_missed(metric)

    # ---- background

    @api.model
    def _cron_watch(self):
        """Set stale clocks anew, then find the broken promises and the levels reached since the last run."""
        steps = (
            (self.env["service.ticket"]._sla_find_stale, "_sla_settle"),
            (self._find_missed, "_sla_settle"),
            (self._find_escalations, "_escalate"),
        )
        for find, settle in steps:
            while found := find():
                getattr(found, settle)()
                if not self.env["ir.cron"]._commit_progress(len(found), remaining=len(find())):
                    return

    @api.model
    def _find_missed(self):
        domain = [("state", "=", "running"), ("date_deadline", "<", fields.Datetime.now())]
        return self.search(domain, limit=WATCH_BATCH, order="date_deadline, id")

    def _sla_settle(self):
        """Broken promises: say so."""
        self.state = "missed"
        self._tell_missed()

    @api.model
    def _find_escalations(self):
        domain = [
            ("date_escalation", "<=", fields.Datetime.now()),
            ("state", "in", ("running", "missed")),
            ("date_reached", "=", False),
            ("date_paused", "=", False),
        ]
        return self.search(domain, limit=WATCH_BATCH, order="date_escalation, id")

    def _escalate(self):
        """Note the level that each promise has come to, act, and see when the next one is due."""
        self.env["service.sla.alert"].create(
            [{"status_id": row.id, "level_id": row.next_level_id.id} for row in self if row.next_level_id]
        )
        by_level = self.grouped("next_level_id")
        self._set_deadlines()
        for level, rows in by_level.items():
            if level:
                level._carry_out(rows)

    def _judge_open(self, now):
        """After a change of deadlines: an open promise is missed or runs, as the new deadline says."""
        open_rows = self.filtered(lambda row: row.state in ("running", "missed") and not row.date_reached)
        late = open_rows.filtered(lambda row: row.date_deadline and row.date_deadline < now)
        late.filtered(lambda row: row.state == "running").state = "missed"
        (open_rows - late).filtered(lambda row: row.state == "missed").state = "running"
        self.filtered(lambda row: row.state == "missed")._tell_missed()
