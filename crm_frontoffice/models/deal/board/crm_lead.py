import pytz

from odoo import api, fields, models
from odoo.tools import SQL

# The most urgent step of each deal, in days from today where its person is.
PLANNED = """
(SELECT res_id, min(date_deadline - %(today)s) AS days
   FROM mail_activity WHERE res_model = 'crm.lead' AND active GROUP BY res_id)"""
ZONES = """
SELECT DISTINCT partner.tz FROM res_users person JOIN res_partner partner ON partner.id = person.partner_id
 WHERE partner.tz IS NOT NULL"""
STATE = "CASE sign(planned.days) WHEN 1 THEN 'planned' WHEN 0 THEN 'today' ELSE 'overdue' END"


class CrmLead(models.Model):
    """The board of a large company: the figures above its columns count all deals on each opening."""

    _inherit = "crm.lead"

    # What is counted and summed comes from this index alone.
    _board_idx = models.Index(
        """(stage_id, id) INCLUDE (expected_revenue, company_id, team_id, user_id, pipeline_id)
           WHERE active IS TRUE AND type = 'opportunity'"""
    )

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        """Stages are few: they are sorted afterwards, where PostgreSQL would join and compare their names per deal."""
        if order not in ("stage_id", "stage_id ASC") or list(groupby) != ["stage_id"]:
            return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)
        rows = super()._read_group(domain, groupby, aggregates, having)
        stages = self.env["crm.stage"].union(*(row[0] for row in rows)).sorted()
        places = {stage: place for place, stage in enumerate(stages)}
        rows.sort(key=lambda row: places.get(row[0], len(places)))
        return rows[offset:][:limit] if limit else rows[offset:]

    @api.model
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Most deals have no planned step: only those that have one are coloured, and looked at."""
        if group_by != "stage_id" or progress_bar["field"] != "activity_state":
            return super().read_progress_bar(domain, group_by, progress_bar)
        self.env["mail.activity"].flush_model(["res_model", "res_id", "date_deadline", "user_tz", "active"])
        query = self._search(domain)
        planned = SQL(PLANNED, today=self._get_today_by_zone())
        query.add_join("JOIN", "planned", planned, SQL("planned.res_id = %s", SQL.identifier(query.table, "id")))
        query.groupby = SQL("1, 2")
        stage = self._field_to_sql(query.table, "stage_id", query)
        result = {}
        for stage_id, state, count in self.env.execute_query(query.select(stage, SQL(STATE), SQL("COUNT(*)"))):
            if state in progress_bar["colors"]:
                column = result.setdefault(str(stage_id or False), dict.fromkeys(progress_bar["colors"], 0))
                column[state] += count
        return result

    @api.model
    def _get_today_by_zone(self):
        """The day that it is where the person of an activity is, as SQL; mostly it is the same everywhere."""
        now, here = pytz.utc.localize(fields.Datetime.now()), self.env.tz
        self.env["res.partner"].flush_model(["tz"])
        days = {zone: now.astimezone(pytz.timezone(zone)).date() for (zone,) in self.env.execute_query(SQL(ZONES))}
        today = now.astimezone(here).date()
        elsewhere = [SQL("WHEN %s THEN %s::date", zone, day) for zone, day in days.items() if day != today]
        if not elsewhere:
            return SQL("%s::date", today)
        return SQL("CASE user_tz %s ELSE %s::date END", SQL(" ").join(elsewhere), today)
