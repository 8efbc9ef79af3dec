from graphlib import CycleError, TopologicalSorter

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

REFRESH_HOURS = {"hour": 1, "day": 24}


class CrmSegment(models.Model):
    """Customers who have something in common; who belongs is kept, with the time of entering and leaving."""

    _name = "crm.segment"
    _description = "Segment"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True, help="One line that says whom it is for.")
    active = fields.Boolean(default=True)
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user)
    company_id = fields.Many2one("res.company", help="Empty: customers and purchases of all companies.")
    level = fields.Selection(
        [("customer", "Companies, and persons without one"), ("contact", "Every contact")],
        "Consists Of",
        required=True,
        default="customer",
    )
    match = fields.Selection(
        [("all", "All conditions hold"), ("any", "One condition holds")], required=True, default="all"
    )
    condition_ids = fields.One2many(
        "crm.segment.condition", "segment_id", "Conditions", domain=[("parent_id", "=", False)]
    )
    choice_ids = fields.One2many("crm.segment.choice", "segment_id", "Pinned and Left Out")
    summary = fields.Html("In Words", compute="_compute_summary", sanitize=False)
    refresh_every = fields.Selection(
        [("hour", "Every hour"), ("day", "Every day"), ("never", "By hand")], "Refreshed", required=True, default="hour"
    )
    date_refreshed = fields.Datetime("Last Refresh", readonly=True, copy=False)
    member_ids = fields.One2many("crm.segment.member", "segment_id", "Members", domain=[("date_left", "=", False)])
    member_count = fields.Integer("Number of Members", compute="_compute_member_count")

    def _compute_member_count(self):
        groups = self.env["crm.segment.member"]._read_group(
            [("segment_id", "in", self.ids), ("date_left", "=", False)], ["segment_id"], ["__count"]
        )
        counts = {segment.id: count for segment, count in groups}
        for segment in self:
            segment.member_count = counts.get(segment.id, 0)

    @api.depends("match", "condition_ids.summary", "condition_ids.child_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for segment in self:
            segment.summary = segment._describe_conditions(segment.condition_ids, segment.match)

    @api.constrains("condition_ids", "match")
    def _check_no_circle(self):
        self._get_refresh_order()

    # ---- in words

    @api.model
    def _describe_conditions(self, conditions, match):
        """A nested list; the word between its lines says how they belong together."""
        if not conditions:
            return Markup()
        word = self.env._("and") if match == "all" else self.env._("or")
        lines = Markup("").join(
            Markup("<li>%s%s%s</li>")
            % (
                Markup("<em>%s</em> ") % word if place else "",
                condition.summary or "",
                self._describe_conditions(condition.child_ids, condition.match) if condition.kind == "group" else "",
            )
            for place, condition in enumerate(conditions)
        )
        return Markup("<ul class='mb-0'>%s</ul>") % lines

    # ---- who belongs

    def _select_wanted(self):
        """SQL of the ids of all who belong by the conditions, the pins and the exclusions, as of now.

        Sets are joined and cut, not tested row by row: the cost does not explode with alternatives and negations.
        """
        self.ensure_one()
        self.env.flush_all()
        # A segment works for all who use it: who wrote a condition was allowed to read what it is about.
        system = self.with_env(self.env(user=SUPERUSER_ID, context={"active_test": False}))
        conditions = system.condition_ids.sorted()
        chosen = SQL("SELECT partner_id FROM crm_segment_choice WHERE segment_id = %s AND kind = ", self.id)
        return SQL(
            """((%s UNION SELECT id FROM res_partner WHERE active AND id IN (%s 'pinned')) EXCEPT %s 'excluded')""",
            conditions._select_joined(system.match) if conditions else SQL("SELECT id FROM everybody WHERE false"),
            chosen,
            chosen,
        )

    def _with_everybody(self):
        """SQL of the common table that conditions choose from."""
        company = SQL("AND (company_id IS NULL OR company_id = %s)", self.company_id.id) if self.company_id else SQL("")
        level = SQL("AND id = commercial_partner_id") if self.level == "customer" else SQL("")
        return SQL(
            """everybody AS MATERIALIZED (
                   SELECT id, commercial_partner_id FROM res_partner WHERE active %s %s)""",
            company,
            level,
        )

    def _refresh(self):
        """Bring the members in line with the conditions; only differences are written.

        :return: dict of (entered, left) by segment
        """
        return {segment: segment._refresh_one() for segment in self._get_refresh_order()}

    def _refresh_one(self):
        now = fields.Datetime.now()
        wanted = self._select_wanted()
        # One at a time: the other finds nothing left to do.
        self.env.cr.execute(SQL("SELECT FROM crm_segment WHERE id = %s FOR NO KEY UPDATE", self.id))
        [[entered, left]] = self.env.execute_query(
            SQL(
                """WITH %(everybody)s,
                        wanted AS MATERIALIZED (SELECT id FROM %(wanted)s AS wanted(id)),
                        present AS MATERIALIZED (
                            SELECT id, partner_id FROM crm_segment_member
                             WHERE segment_id = %(segment)s AND date_left IS NULL),
                        gone AS (
                            UPDATE crm_segment_member member SET date_left = %(now)s
                              FROM present LEFT JOIN wanted ON wanted.id = present.partner_id
                             WHERE member.id = present.id AND wanted.id IS NULL
                            RETURNING member.id),
                        come AS (
                            INSERT INTO crm_segment_member (segment_id, partner_id, date_entered)
                            SELECT %(segment)s, wanted.id, %(now)s
                              FROM wanted LEFT JOIN present ON present.partner_id = wanted.id
                             WHERE present.id IS NULL
                            ON CONFLICT (segment_id, partner_id) WHERE date_left IS NULL DO NOTHING
                            RETURNING id)
                   SELECT (SELECT COUNT(*) FROM come), (SELECT COUNT(*) FROM gone)""",
                everybody=self._with_everybody(),
                wanted=wanted,
                segment=self.id,
                now=now,
            )
        )
        self.env["crm.segment.member"].invalidate_model()
        self.invalidate_recordset(["member_ids", "member_count"])
        # sudo: whoever may use a segment may have it refreshed
        self.sudo().date_refreshed = now
        if entered or left:
            self._on_refreshed()
        return entered, left

    def _on_refreshed(self):
        """Hook: somebody entered or left."""

    def _get_refresh_order(self):
        """These segments and those that they are made of, what others are made of first."""
        # sudo: a segment may be made of one that its reader does not see
        segments, graph = self.sudo(), {}
        while segments:
            conditions = self.env["crm.segment.condition"].sudo()  # sudo: the same
            parts = conditions._read_group(
                [("segment_id", "in", segments.ids), ("kind", "=", "segment")],
                ["segment_id"],
                ["other_segment_id:recordset"],
            )
            found = dict(parts)
            graph |= {segment.id: found.get(segment, segments.browse()).ids for segment in segments}
            segments = segments.browse({part for ids in graph.values() for part in ids} - graph.keys())
        try:
            return self.browse(TopologicalSorter(graph).static_order())
        except CycleError as error:
            # sudo: the names tell the author what to mend
            names = self.browse(error.args[1]).sudo().mapped("name")
            raise ValidationError(
                self.env._("Segments cannot be made of each other in a circle: %(names)s.", names=" → ".join(names))
            ) from error

    @api.model
    def _get_due_domain(self):
        now = fields.Datetime.now()
        return Domain.OR(
            Domain("refresh_every", "=", every)
            & (
                Domain("date_refreshed", "=", False)
                | Domain("date_refreshed", "<=", fields.Datetime.subtract(now, hours=hours, minutes=-10))
            )
            for every, hours in REFRESH_HOURS.items()
        )

    @api.model
    def _cron_refresh(self):
        """Refresh what is due, a segment a transaction."""
        due = self.search(self._get_due_domain())
        ordered = due._get_refresh_order() & due
        for place, segment in enumerate(ordered, 1):
            segment._refresh_one()
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(ordered) - place):
                break

    # ---- buttons

    def action_refresh(self):
        self.check_access("read")
        entered, left = (sum(counts) for counts in zip(*self._refresh().values(), strict=True))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(entered)s entered, %(left)s left.", entered=entered, left=left),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_preview(self):
        """Show how many would belong, and some of them, before anything is written."""
        self.ensure_one()
        self.check_access("read")
        preview = self.env["crm.segment.preview"].create({"segment_id": self.id})
        preview._measure()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_segment_preview_action")
        return {**action, "res_id": preview.id}

    def action_open_members(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_segment_member_action")
        return {**action, "domain": [("segment_id", "=", self.id)]}
