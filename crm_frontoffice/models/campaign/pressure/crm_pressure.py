from odoo import api, fields, models, tools
from odoo.tools import SQL

from ...customer.consent.choices import CHANNELS

KEPT_DAYS = 400


class CrmPressure(models.Model):
    """How many advertising messages a customer got on a day over a channel, whoever sent them."""

    _name = "crm.pressure"
    _inherit = "crm.partner.merge.mixin"
    _description = "Messages to a Customer by Day"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True, aggregator="sum")

    _one_per_day = models.UniqueIndex("(partner_id, date, channel)")
    # For the yearly cleaning only: with old statistics PostgreSQL took a common index of days to look each customer up.
    _old_idx = models.Index("USING brin (date)")

    @api.model
    def _premerge_partners(self, source_ids, target_id):
        """The one who stays got the messages of all."""
        self.env.cr.execute(self._insert_counts(SQL(
            """SELECT %s, channel, date, SUM(count)::int FROM crm_pressure WHERE partner_id = ANY(%s) GROUP BY 2, 3""",
            target_id,
            list(source_ids),
        )))  # fmt: skip
        self.env.cr.execute(SQL("DELETE FROM crm_pressure WHERE partner_id = ANY(%s)", list(source_ids)))
        self.invalidate_model()

    @api.model
    def _insert_counts(self, select):
        """SQL that adds the rows of a query: partner, channel, day and how many."""
        return SQL(
            """INSERT INTO crm_pressure AS known (partner_id, channel, date, count) %s
               ON CONFLICT (partner_id, date, channel) DO UPDATE SET count = known.count + EXCLUDED.count""",
            select,
        )

    @api.model
    def _count(self, partner_ids, channel):
        """Note one message more today to each of these."""
        if partner_ids:
            today = fields.Date.today()
            counts = SQL(
                "SELECT id, %s, %s::date, COUNT(*) FROM unnest(%s) AS id GROUP BY id", channel, today, list(partner_ids)
            )
            self.env.cr.execute(self._insert_counts(counts))
            self.invalidate_model()

    # ---- what holds a message back, as SQL over an alias of `res_partner`

    @api.model
    def _get_cap_verdict(self, alias, channel, company):
        """SQL of what becomes of one message more: 'drop', 'defer', or NULL when it may go."""
        # sudo: limits are the company's, whoever sends
        rules = self.env["crm.pressure.rule"].sudo()._get_limits(channel, company)
        if not rules:
            return SQL("NULL::varchar")
        today = fields.Date.today()
        cases = [
            SQL(
                """WHEN (SELECT COALESCE(SUM(sent.count), 0) FROM crm_pressure sent
                          WHERE sent.partner_id = %s AND sent.date > %s AND %s) >= %s THEN %s""",
                SQL.identifier(alias, "id"),
                fields.Date.subtract(today, days=rule.days),
                SQL("sent.channel = %s", rule.channel) if rule.channel else SQL("true"),
                rule.most,
                rule.policy,
            )
            for rule in rules
        ]
        return SQL("CASE %s END", SQL(" ").join(cases))

    @api.model
    def _as_condition(self, alias, channel, company):
        return SQL("(%s) IS NOT NULL", self._get_cap_verdict(alias, channel, company))

    @api.model
    def _get_quiet_end(self, alias, company):
        """SQL of when a customer may be disturbed again, in UTC; NULL when he may be disturbed now."""
        return SQL("GREATEST(%s, %s)", self._get_quiet_hours_end(alias, company), self._get_holiday_end(company))

    @api.model
    def _get_holiday_end(self, company):
        """SQL of when the holiday of the company ends that is today; after it the quiet hours are looked at again."""
        # sudo: holidays are the company's, whoever sends
        if not company.sudo().is_quiet_on_holidays:
            return SQL("NULL::timestamp")
        self.env["resource.calendar.leaves"].flush_model()
        return SQL(
            """(SELECT MAX(leave.date_to) + interval '1 second' FROM resource_calendar_leaves leave
                 WHERE leave.resource_id IS NULL AND (leave.company_id IS NULL OR leave.company_id = %s)
                   AND (leave.calendar_id IS NULL OR leave.calendar_id = %s)
                   AND %s >= leave.date_from AND %s <= leave.date_to)""",
            company.id,
            company.sudo().resource_calendar_id.id or None,  # sudo: the same
            fields.Datetime.now(),
            fields.Datetime.now(),
        )

    @api.model
    def _get_quiet_hours_end(self, alias, company):
        """SQL of when the quiet hours end in which a customer is now, in UTC; NULL when he is in none.

        His own time zone counts, and the window may go over midnight.
        """
        # sudo: quiet hours are the company's, whoever sends
        start, end = company.sudo().quiet_from, company.sudo().quiet_to  # sudo: the same
        if start == end:
            return SQL("NULL::timestamp")
        zone = self._get_time_zone(alias, company)
        local = SQL("(%s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %s)", fields.Datetime.now(), zone)
        hour = SQL("EXTRACT(epoch FROM %s::time) / 3600", local)
        if start < end:
            is_quiet = SQL("%(hour)s >= %(start)s AND %(hour)s < %(end)s", hour=hour, start=start, end=end)
            days = SQL("0")
        else:
            is_quiet = SQL("%(hour)s >= %(start)s OR %(hour)s < %(end)s", hour=hour, start=start, end=end)
            days = SQL("CASE WHEN %s >= %s THEN 1 ELSE 0 END", hour, start)
        return SQL(
            """CASE WHEN %s THEN
                    (date_trunc('day', %s) + make_interval(days => %s, mins => %s))
                    AT TIME ZONE %s AT TIME ZONE 'UTC' END""",
            is_quiet,
            local,
            days,
            round(end * 60),
            zone,
        )

    @api.model
    def _get_time_zone(self, alias, company):
        """SQL of a customer's time zone: his own as far as the database knows it, else that of the company."""
        # sudo: the time zone of a company is no secret
        default = company.sudo().partner_id.tz or self.env.user.tz
        known = self._get_known_zones()
        default = default if default in known else "UTC"
        column = SQL.identifier(alias, "tz")
        return SQL("CASE WHEN %s = ANY(%s) THEN %s ELSE %s END", column, list(known), column, default)

    @api.model
    @tools.ormcache()
    def _get_known_zones(self):
        names = self.env.execute_query(SQL("SELECT name FROM pg_timezone_names WHERE name ~ '^(UTC|[A-Z][a-z_]+/)'"))
        return tuple(sorted(name for [name] in names))

    @api.autovacuum
    def _gc_old(self):
        limit = fields.Date.subtract(fields.Date.today(), days=KEPT_DAYS)
        self.env.cr.execute(SQL("DELETE FROM crm_pressure WHERE date < %s", limit))
        self.invalidate_model()
