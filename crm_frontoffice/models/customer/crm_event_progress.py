from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

MOST_DAYS = 3650


class CrmEventProgress(models.Model):
    """How far the event log is: one row for each kind of documents of the past, one for each daily search."""

    _name = "crm.event.progress"
    _description = "Event Log Progress"
    _order = "kind, id"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection([("backfill", "Past"), ("scan", "Daily search")], required=True, readonly=True)
    code = fields.Char("Method", required=True, readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "In progress"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="waiting",
    )
    # The past is told from the newest document down to the first one; what is newer tells itself.
    first_id = fields.Integer("Newest Document", readonly=True)
    next_id = fields.Integer("Next Document", readonly=True)
    progress = fields.Float("Done (%)", compute="_compute_progress")
    event_count = fields.Integer("Events", readonly=True)
    days = fields.Char(
        "Days or %", help="Whole numbers of days, such as 1, 7, 30: the search tells each of them. Of limits, percent."
    )
    date_run = fields.Datetime("Last Run", readonly=True)
    error = fields.Char(readonly=True)

    _code_unique = models.UniqueIndex("(kind, code)")

    @api.depends("kind", "code")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = {**self.env["crm.event.backfill"]._get_labels(), **self.env["crm.event.scan"]._get_labels()}
        for row in self:
            row.name = labels.get(row.code) or row.code.strip("_").replace("_", " ").capitalize()

    @api.depends("first_id", "next_id", "state")
    def _compute_progress(self):
        for row in self:
            done = 1 - row.next_id / row.first_id if row.first_id else row.state == "done"
            row.progress = 100.0 * done

    @api.constrains("days")
    def _check_days(self):
        for row in self.filtered("days"):
            days = row.days.split(",")
            if not all(part.strip().isdecimal() and 0 < int(part) <= MOST_DAYS for part in days):
                raise ValidationError(
                    self.env._(
                        "%(name)s: days are whole numbers from 1 to %(most)s, parted by commas, not “%(days)s”.",
                        name=row.name,
                        most=MOST_DAYS,
                        days=row.days,
                    )
                )

    def write(self, vals):
        """People set days; how far the log is, and by which method, is the system's business."""
        if not self.env.su and vals.keys() - {"days"}:
            raise AccessError(self.env._("Only the days of a daily search can be changed."))
        return super().write(vals)

    def _get_days(self):
        """The days that somebody set for this search, ascending."""
        return sorted({int(part) for part in (self.days or "").split(",") if part.strip()})

    @api.model
    def _ensure(self, kind, codes, days=None):
        """The rows of these methods in their order; missing ones are made, by whoever comes first."""
        order = list(codes)
        domain = [("kind", "=", kind), ("code", "in", order)]
        missing = set(order) - set(self.search(domain).mapped("code"))
        for code in filter(missing.__contains__, order):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_event_progress (kind, code, state, first_id, next_id, event_count, days)
                       VALUES (%s, %s, 'waiting', 0, 0, 0, %s) ON CONFLICT DO NOTHING""",
                    kind,
                    code,
                    (days or {}).get(code),
                )
            )
        return self.search(domain).sorted(lambda row: order.index(row.code))

    def _end_step(self, remaining):
        """Keep what was done so far when a cron runs; any other caller's transaction is the caller's to commit.

        :return: whether there is time for another step
        """
        if not self.env.context.get("ir_cron_progress_id"):
            return True
        return bool(self.env["ir.cron"]._commit_progress(1, remaining=remaining))

    def action_retry(self):
        """Try again what failed; the past goes on where it stopped."""
        self.check_access("write")
        # sudo: managers may have it tried again, and change nothing else
        failed = self.sudo().filtered(lambda row: row.state == "failed")
        failed.write({"state": "waiting", "error": False})
        # sudo: the cron is the system's; managers may ask for it
        self.env.ref("crm_frontoffice.crm_event_backfill_cron").sudo()._trigger()
