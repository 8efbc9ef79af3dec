import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .clusters import find_clusters
from .crm_match_search import Match

BATCH = 500  # customers that the search compares together


class CrmMatchCandidate(models.Model):
    """Two customers that are probably the same one, until somebody merges them or says that they are not."""

    _name = "crm.match.candidate"
    _description = "Possible Duplicate"
    _inherit = "crm.partner.merge.mixin"
    _order = "cluster_id, score desc, id"
    _rec_name = "partner_a_id"

    partner_a_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    partner_b_id = fields.Many2one(
        "res.partner", "Probably the Same", required=True, readonly=True, index=True, ondelete="cascade"
    )
    cluster_id = fields.Many2one(
        "res.partner", "Group", readonly=True, index=True, ondelete="set null",
        help="All customers of a group are linked by pairs; its oldest one gives it its name.",
    )  # fmt: skip
    score = fields.Integer(readonly=True, aggregator="max")
    reasons = fields.Json(readonly=True)
    explanation = fields.Char("Why", compute="_compute_explanation")
    state = fields.Selection(
        [("new", "To review"), ("proposed", "Merge proposed"), ("not_duplicate", "Not a duplicate")],
        required=True,
        readonly=True,
        default="new",
    )
    reviewer_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    date_reviewed = fields.Datetime(readonly=True)
    email_a = fields.Char("E-mail", related="partner_a_id.email")
    email_b = fields.Char("E-mail of the Other", related="partner_b_id.email")
    phone_a = fields.Char("Phone", related="partner_a_id.phone")
    phone_b = fields.Char("Phone of the Other", related="partner_b_id.phone")

    _pair_unique = models.Constraint("UNIQUE(partner_a_id, partner_b_id)", "This pair is known already.")
    _pair_ordered = models.Constraint("CHECK (partner_a_id < partner_b_id)", "The older customer comes first.")
    _state_idx = models.Index("(state, cluster_id)")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_explanation(self):
        labels = self._get_reason_labels()
        for candidate in self:
            reasons = sorted((candidate.reasons or {}).items(), key=lambda item: -item[1])
            candidate.explanation = ", ".join(f"{labels.get(kind, kind)} {points:+d}" for kind, points in reasons)

    @api.model
    def _get_reason_labels(self):
        return {
            "email": self.env._("e-mail"),
            "phone": self.env._("phone"),
            "tax": self.env._("tax ID"),
            "name": self.env._("name"),
            "address": self.env._("address"),
            "kind": self.env._("company or person"),
        }

    # ---- what reviewers do

    def action_not_duplicate(self):
        """These are different customers: remembered for good."""
        self._decide("not_duplicate")

    def action_propose(self):
        """Ask those who may merge to do so."""
        self._decide("proposed")

    def action_reopen(self):
        self._decide("new")

    def _decide(self, state):
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(self.env._("Only salespeople decide about duplicates."))
        self.check_access("read")
        # sudo: pairs are the system's; whoever may see both customers may say what he thinks of them
        self.sudo().write({"state": state, "reviewer_id": self.env.uid, "date_reviewed": fields.Datetime.now()})
        self._group((self.partner_a_id | self.partner_b_id).ids)

    def action_review(self):
        """Open the customers of these pairs side by side."""
        partners = self._get_open_cluster()
        if len(partners) < 2:
            raise UserError(self.env._("There is nothing left to compare in this group."))
        return partners.action_compare_duplicates()

    def _get_open_cluster(self):
        """The customers of the groups of these pairs that wait for a decision."""
        self.check_access("read")
        open_pairs = Domain("state", "in", ("new", "proposed"))
        pairs = self.search(open_pairs & Domain("cluster_id", "in", self.cluster_id.ids)) | self
        return (pairs.partner_a_id | pairs.partner_b_id).sorted("id")

    # ---- the search

    @api.model
    def _get_known_pairs(self, partner_ids, *, decided=False):
        """The pairs in which these customers stand; `decided`: which a reviewer held for different customers."""
        return frozenset(
            self.env.execute_query(
                SQL(
                    """SELECT partner_a_id, partner_b_id FROM crm_match_candidate
                        WHERE (partner_a_id = ANY(%s) OR partner_b_id = ANY(%s)) AND %s""",
                    list(partner_ids),
                    list(partner_ids),
                    SQL("state = 'not_duplicate'") if decided else SQL("true"),
                )
            )
        )

    @api.model
    def _queue(self, found):
        """Put pairs into the queue; a pair that is known keeps its state.

        :param found: dict of partner id to its list of `Match`
        """
        pairs = {}
        for partner_id, matches in found.items():
            for match in matches:
                first, second = sorted((partner_id, match.partner_id))
                pairs[first, second] = {"a": first, "b": second, "score": match.score, "reasons": match.reasons}
        if not pairs:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_match_candidate (partner_a_id, partner_b_id, score, reasons, state, create_date)
                   SELECT a, b, score, reasons, 'new', now() AT TIME ZONE 'UTC'
                     FROM jsonb_to_recordset(%s::jsonb) AS given(a int4, b int4, score int4, reasons jsonb)
                    ORDER BY a, b
                   ON CONFLICT (partner_a_id, partner_b_id)
                   DO UPDATE SET score = EXCLUDED.score, reasons = EXCLUDED.reasons
                    WHERE crm_match_candidate.state = 'new' AND crm_match_candidate.score <> EXCLUDED.score""",
                json.dumps(list(pairs.values())),
            )
        )
        self._group({partner_id for pair in pairs for partner_id in pair})

    @api.model
    def _search_next(self, limit=BATCH):
        """Look for duplicates of the next customers whose keys are new; what was done before a crash stays done.

        :return: how many customers were looked at
        """
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT partner_id FROM crm_match_key WHERE is_new ORDER BY partner_id LIMIT %s", limit)
        )
        ids = [row[0] for row in rows]
        if not ids:
            return 0
        self.env.cr.execute(SQL("UPDATE crm_match_key SET is_new = false WHERE partner_id = ANY(%s) AND is_new", ids))
        partners = self.env["res.partner"].browse(ids).filtered("active")
        self._queue(partners._find_own_duplicates())
        self._drop_outdated(partners)
        self.env.invalidate_all()
        return len(ids)

    @api.model
    def _drop_outdated(self, partners):
        """Pairs that nobody decided about, and whose customers were changed so that no rule holds any more."""
        pairs = self.search(
            Domain("state", "=", "new")
            & (Domain("partner_a_id", "in", partners.ids) | Domain("partner_b_id", "in", partners.ids))
        )
        matches = pairs.partner_a_id._find_own_duplicates()
        gone = pairs.filtered(
            lambda pair: pair.partner_b_id.id not in {match.partner_id for match in matches[pair.partner_a_id.id]}
        )
        still = gone.partner_b_id._find_own_duplicates()
        gone.filtered(
            lambda pair: pair.partner_a_id.id not in {match.partner_id for match in still[pair.partner_b_id.id]}
        ).unlink()

    @api.model
    def _cron_search(self):
        """Index customers that have no keys yet, then compare those whose keys are new, batch by batch."""
        progress = self.env["ir.cron"]._commit_progress
        while done := self.env["crm.match.key"]._index_next():
            if not progress(done):
                return
        while done := self._search_next():
            if not progress(done, remaining=self._count_waiting()):
                return

    @api.model
    def _count_waiting(self):
        return self.env.execute_query(SQL("SELECT COUNT(DISTINCT partner_id) FROM crm_match_key WHERE is_new"))[0][0]

    @api.model
    def action_search_all(self):
        """Compare all customers anew, in the background: after rules were changed."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales administrator may have all customers compared anew."))
        self.env.cr.execute(SQL("UPDATE crm_match_key SET is_new = true WHERE NOT is_new"))
        # sudo: whoever may start the search does not have to be allowed to edit scheduled actions
        self.env.ref("crm_frontoffice.crm_match_cron").sudo()._trigger()
        message = self.env._(
            "%(count)s customers are being compared in the background; what is found appears here.",
            count=self._count_waiting(),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "info"},
        }

    @api.model
    def _ensure(self, partners):
        """The pairs of these customers among each other; missing ones are made."""
        partners.check_access("read")
        ids = sorted(partners.ids)
        missing = {
            first: [Match(second, "", 0, {}, "queue") for second in ids[place + 1 :]]
            for place, first in enumerate(ids[:-1])
        }
        known = self.search(Domain("partner_a_id", "in", ids) & Domain("partner_b_id", "in", ids))
        done = {(pair.partner_a_id.id, pair.partner_b_id.id) for pair in known}
        self._queue(
            {
                first: [match for match in matches if (first, match.partner_id) not in done]
                for first, matches in missing.items()
            }
        )
        return self.search(Domain("partner_a_id", "in", ids) & Domain("partner_b_id", "in", ids))

    # ---- groups

    @api.model
    def _group(self, partner_ids):
        """Give the pairs that are linked with these customers their groups anew."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE linked(id) AS (
                       SELECT unnest(%s::int[])
                        UNION
                       SELECT CASE WHEN pair.partner_a_id = linked.id THEN pair.partner_b_id ELSE pair.partner_a_id END
                         FROM linked JOIN crm_match_candidate pair
                              ON pair.state <> 'not_duplicate' AND linked.id IN (pair.partner_a_id, pair.partner_b_id))
                   SELECT DISTINCT pair.id, pair.partner_a_id, pair.partner_b_id
                     FROM crm_match_candidate pair
                    WHERE pair.state <> 'not_duplicate'
                      AND (pair.partner_a_id IN (SELECT id FROM linked)
                           OR pair.partner_b_id IN (SELECT id FROM linked))""",
                list(partner_ids),
            )
        )
        clusters = find_clusters((first, second) for _id, first, second in rows)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_match_candidate pair SET cluster_id = given.cluster_id
                     FROM unnest(%s::int[], %s::int[]) AS given(id, cluster_id)
                    WHERE pair.id = given.id AND pair.cluster_id IS DISTINCT FROM given.cluster_id""",
                [row[0] for row in rows],
                [clusters[row[1]] for row in rows],
            )
        )
        self.invalidate_model(["cluster_id"])

    # ---- merges

    @api.model
    def _premerge_partners(self, source_ids, target_id):
        """Pairs stay ordered, a decision outweighs a guess, and a pair that has become one customer goes."""
        self.flush_model()
        concerned = [*source_ids, target_id]
        rows = self.env.execute_query(
            SQL(
                """SELECT id, partner_a_id, partner_b_id FROM crm_match_candidate
                    WHERE partner_a_id = ANY(%s) OR partner_b_id = ANY(%s)
                    ORDER BY state = 'not_duplicate' DESC, date_reviewed DESC NULLS LAST, score DESC, id""",
                concerned,
                concerned,
            )
        )
        kept = {}
        for row_id, *pair in rows:
            first, second = sorted(target_id if partner_id in source_ids else partner_id for partner_id in pair)
            if first != second:
                kept.setdefault((first, second), row_id)
        gone = [row[0] for row in rows if row[0] not in set(kept.values())]
        self.env.cr.execute(SQL("DELETE FROM crm_match_candidate WHERE id = ANY(%s)", gone))
        self.env.cr.execute(
            SQL(
                """UPDATE crm_match_candidate pair SET partner_a_id = given.a, partner_b_id = given.b
                     FROM unnest(%s::int[], %s::int[], %s::int[]) AS given(id, a, b) WHERE pair.id = given.id""",
                list(kept.values()),
                [pair[0] for pair in kept],
                [pair[1] for pair in kept],
            )
        )
        self.invalidate_model()
