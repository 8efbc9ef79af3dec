from datetime import UTC, timedelta

from odoo import api, fields, models

from .sla_clock import DONE, STOPPED_IN, WorkClock, state_after_move

WATCH_BATCH = 500
# The table of working time reaches this far at first; long promises get a longer one, twice at most.
FIRST_HORIZON = timedelta(days=21)
LAST_HORIZON = timedelta(days=1200)


class ServiceSlaStatus(models.Model):
    """One promise for one ticket: its clock, and whether it was kept."""

    _name = "service.sla.status"
    _description = "SLA Status"
    _order = "ticket_id, id"
    _rec_name = "metric"

    ticket_id = fields.Many2one("service.ticket", required=True, index=True, ondelete="cascade", readonly=True)
    metric = fields.Selection(
        [("first_answer", "First answer"), ("solution", "Solution")], required=True, readonly=True
    )
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
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    target_minutes = fields.Integer("Target (min)", readonly=True, aggregator="avg")
    date_start = fields.Datetime(required=True, readonly=True)
    date_deadline = fields.Datetime("Deadline", readonly=True)
    date_reached = fields.Datetime("Reached", readonly=True)
    date_missed = fields.Datetime("Missed", readonly=True)
    date_paused = fields.Datetime("Standing Since", readonly=True)
    paused_seconds = fields.Integer("Paused (s)", readonly=True, help="Working time during which the clock stood.")

    _metric_unique = models.Constraint("UNIQUE(ticket_id, metric)", "A ticket has one clock per metric.")
    _due_idx = models.Index("(date_deadline) WHERE state = 'running'")

    # ---- deadlines

    def _set_deadlines(self):
        """Store the deadline of every clock, with one table of working time per calendar and company."""
        for (calendar, company), clocks in self.grouped(lambda row: (row.calendar_id, row.company_id)).items():
            clocks._set_deadlines_by(calendar, company)

    def _set_deadlines_by(self, calendar, company):
        horizon = FIRST_HORIZON
        pending = self
        while pending:
            clock = pending._get_clock(calendar, company, max(pending.mapped("date_start")) + horizon)
            late = pending.browse()
            for row in pending:
                row.date_deadline = clock.deadline(row.date_start, row.target_minutes * 60 + row.paused_seconds)
                if not row.date_deadline:
                    late += row
            pending = late if calendar and horizon < LAST_HORIZON else late.browse()
            horizon *= 8

    def _get_clock(self, calendar, company, stop):
        """The working time of a calendar since the first start among these; without a calendar, every hour counts."""
        start = min(self.mapped("date_start"))
        if not calendar:
            return WorkClock([(start, stop + LAST_HORIZON)])
        # Without this domain the holidays of other companies would stop the clock too.
        leaves = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
        # sudo: a customer's message moves clocks, although he may not read calendars
        spells = calendar.sudo()._work_intervals_batch(
            start.replace(tzinfo=UTC), stop.replace(tzinfo=UTC), domain=leaves
        )[False]
        return WorkClock(
            [(a.astimezone(UTC).replace(tzinfo=None), b.astimezone(UTC).replace(tzinfo=None)) for a, b, _meta in spells]
        )

    def _add_pauses(self, now):
        """Credit the working time that passed while the clocks stood, and let them run again."""
        standing = self.filtered("date_paused")
        for (calendar, company), rows in standing.grouped(lambda row: (row.calendar_id, row.company_id)).items():
            clock = rows._get_clock(calendar, company, now)
            for row in rows:
                row.write(
                    {
                        "paused_seconds": row.paused_seconds + int(clock.worked(row.date_paused, now)),
                        "date_paused": False,
                    }
                )
        standing._set_deadlines()

    # ---- life of a promise

    def _is_overdue(self, now):
        self.ensure_one()
        return self.state == "running" and bool(self.date_deadline) and now > self.date_deadline

    def _follow_category(self, now):
        """The tickets moved to another category: stop, go on, or settle the promise."""
        rows = self.filtered(lambda row: row.metric == "solution" or not row.date_reached)
        overdue = rows.filtered(lambda row: row._is_overdue(now))
        rows.filtered(lambda row: row.ticket_id.category not in STOPPED_IN[row.metric])._add_pauses(now)
        for row in rows:
            category = row.ticket_id.category
            row.state = state_after_move(row.metric, row.state, overdue=row in overdue, category=category)
            if category in STOPPED_IN[row.metric]:
                row.date_paused = row.date_paused or now
            if row.metric == "solution":
                row.date_reached = (row.date_reached or now) if category in DONE else False
        overdue._tell_missed()

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
        """Set stale clocks anew, then find the promises that were broken since the last run."""
        for find in (self.env["service.ticket"]._sla_find_stale, self._find_missed):
            while found := find():
                found._sla_settle()
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

    def _judge_open(self, now):
        """After a change of deadlines: an open promise is missed or runs, as the new deadline says."""
        for row in self.filtered(lambda row: row.state in ("running", "missed") and not row.date_reached):
            is_late = bool(row.date_deadline) and row.date_deadline < now
            row.state = "missed" if is_late else "running"
        self.filtered(lambda row: row.state == "missed")._tell_missed()
