from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from ....contexts import INSIDE
from ..measure.proportions import Group, wilson
from .judgement import describe, judge, share
from .utm_campaign import MONEY_MEASURES

SALE_DAYS = 30  # after the mailing, in which invoices of a recipient count

HITS = {
    "opened_ratio": SQL("trace.open_datetime IS NOT NULL OR trace.trace_status IN ('open', 'reply')"),
    "clicks_ratio": SQL("trace.links_click_datetime IS NOT NULL"),
    "replied_ratio": SQL("trace.trace_status = 'reply'"),
}

SHARES = """
    SELECT trace.mass_mailing_id, COUNT(*), COUNT(*) FILTER (WHERE %s) FROM mailing_trace trace
     WHERE trace.mass_mailing_id = ANY(%s) AND trace.trace_status IN ('sent', 'open', 'reply')
       AND trace.is_test_trace IS NOT TRUE
     GROUP BY 1"""

# Per recipient, with the cost of the products as it is now: credit notes take off, whoever bought nothing counts.
MONEY = """
    SELECT bought.mass_mailing_id, COUNT(*), SUM(bought.amount), SUM(bought.amount ^ 2)
      FROM (SELECT trace.mass_mailing_id, partner.commercial_partner_id,
                   COALESCE(SUM(-line.balance - CASE WHEN %(with_cost)s THEN
                       (CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END) * line.quantity
                       * COALESCE((product.standard_price->>move.company_id::text)::numeric, 0) ELSE 0 END
                   ), 0)::float AS amount
              FROM mailing_trace trace
              JOIN res_partner partner ON trace.model = 'res.partner' AND partner.id = trace.res_id
              LEFT JOIN account_move move ON move.commercial_partner_id = partner.commercial_partner_id
               AND move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.invoice_date >= trace.sent_datetime::date
               AND move.invoice_date < trace.sent_datetime::date + %(days)s
              LEFT JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
              LEFT JOIN product_product product ON product.id = line.product_id
             WHERE trace.mass_mailing_id = ANY(%(ids)s) AND trace.trace_status IN ('sent', 'open', 'reply')
               AND trace.is_test_trace IS NOT TRUE
             GROUP BY 1, 2) AS bought
     GROUP BY 1"""


class MailingMailing(models.Model):
    """An A/B test has a planned size, and a winner only when there is one."""

    _inherit = "mailing.mailing"

    ab_expected_percent = fields.Float(related="campaign_id.ab_expected_percent", readonly=False)
    ab_hoped_percent = fields.Float(related="campaign_id.ab_hoped_percent", readonly=False)
    ab_needed = fields.Integer(related="campaign_id.ab_needed")
    ab_fallback = fields.Selection(related="campaign_id.ab_fallback", readonly=False)
    ab_result = fields.Html("Result So Far", compute="_compute_ab_result", sanitize=False)
    revenue_ratio = fields.Float(compute="_compute_money_ratios", groups="mass_mailing.group_mass_mailing_user")
    margin_ratio = fields.Float(compute="_compute_money_ratios", groups="mass_mailing.group_mass_mailing_user")

    def _compute_money_ratios(self):
        for name in MONEY_MEASURES:
            groups = self._read_variant_groups(name)
            for mailing in self:
                mailing[name] = groups[mailing.id].mean if mailing.id in groups else 0.0

    def _read_variant_groups(self, measure):
        """Of each mailing how many got it and what came of it, as a `Group`."""
        self.env.flush_all()
        if measure in MONEY_MEASURES:
            query = SQL(MONEY, with_cost=measure == "margin_ratio", days=SALE_DAYS, ids=self.ids)
            return {row[0]: Group(*row[1:]) for row in self.env.execute_query(query)}
        query = SQL(SHARES, HITS.get(measure, HITS["opened_ratio"]), self.ids)
        return {row[0]: share(*row[1:]) for row in self.env.execute_query(query)}

    def _get_variants(self):
        """The variants of the test that are sent, oldest first; the winner's own mailing is none of them."""
        variants = self._get_ab_testing_siblings_mailings() - self.campaign_id.ab_testing_winner_mailing_id
        return variants.filtered(lambda mailing: mailing.state == "done").sorted("id")

    def _judge_variants(self):
        """The variants, their groups, and what follows from them; nothing without variants that were sent."""
        self.ensure_one()
        variants, measure = self._get_variants(), self.ab_testing_winner_selection
        if not variants:
            return variants, [], None
        found = variants._read_variant_groups(measure)
        groups = [found.get(variant.id, Group(0, 0.0, 0.0)) for variant in variants]
        needed = max(self.campaign_id.ab_needed, 1)
        return variants, groups, judge(groups, needed, is_share=measure not in MONEY_MEASURES)

    @api.depends("ab_testing_enabled", "ab_testing_winner_selection", "campaign_id", "state")
    def _compute_ab_result(self):
        for mailing in self:
            variants, groups, judgement = mailing._judge_variants() if mailing.ab_testing_enabled else (None, [], None)
            mailing.ab_result = bool(groups) and self.env["ir.qweb"]._render(
                "crm_frontoffice.variants_result",
                mailing._prepare_result(variants.mapped("subject"), groups, judgement),
            )

    def _prepare_result(self, names, groups, judgement):
        is_share = self.ab_testing_winner_selection not in MONEY_MEASURES
        currency = (self.campaign_id.company_id or self.env.company).currency_id
        return self.env["mailing.mailing"]._prepare_variants_result(
            names, groups, judgement, is_share=is_share, currency=currency, needed=self.campaign_id.ab_needed
        )

    @api.model
    def _prepare_variants_result(self, names, groups, judgement, *, is_share, currency, needed):
        """What the table of variants shows; for mailings and for splits of journeys."""

        def show(value):
            if not is_share:
                return formatLang(self.env, value, currency_obj=currency)
            return f"{formatLang(self.env, 100 * value, digits=1)} %"

        def show_range(group):
            if not is_share or not group.count:
                return ""
            return " – ".join(show(bound) for bound in wilson(group.total, group.count))

        comparison = describe(groups, judgement, is_share=is_share)
        return {
            "rows": [
                {"name": name, "count": group.count, "value": show(group.mean), "range": show_range(group)}
                for name, group in zip(names, groups, strict=True)
            ],
            "state": judgement.state,
            "winner": names[judgement.best],
            "needed": needed,
            "low": comparison and show(comparison.low),
            "high": comparison and show(comparison.high),
            "difference": comparison and show(comparison.difference),
        }

    # ---- the guard

    def action_send_winner_mailing(self):
        """Send the winner once there is one.

        :raise UserError: before the planned number, or when nobody can say which is better
        """
        mailing = self[:1]
        if mailing.ab_testing_winner_selection == "manual":
            return super().action_send_winner_mailing()
        # sudo: who sends may not see invoices; what is decided tells of sums only
        variants, _groups, judgement = mailing.sudo()._judge_variants()
        if judgement and judgement.state == "inconclusive" and mailing.ab_fallback == "first":
            return variants[0].with_env(self.env).action_select_as_winner()
        if judgement and judgement.state != "won":
            if self.env.context.get("crm_winner_may_wait") is INSIDE:
                return False
            raise UserError(mailing._explain_no_winner(judgement))
        return super().action_send_winner_mailing()

    def action_select_as_winner(self):
        """People choose; but not before the planned number, when they chose by chance."""
        self.ensure_one()
        # sudo: the same
        _variants, groups, judgement = self.sudo()._judge_variants()
        if judgement and judgement.state == "waiting" and len(groups) > 1:
            raise UserError(self._explain_no_winner(judgement))
        return super().action_select_as_winner()

    def _explain_no_winner(self, judgement):
        # sudo: the same
        variants, groups, _judgement = self.sudo()._judge_variants()
        if judgement.state == "inconclusive":
            return self.env._(
                "The test is inconclusive: “%(best)s” is ahead, but it may be by chance. Choose by hand, or have the "
                "first variant sent if it does not matter.",
                best=variants[judgement.best].subject,
            )
        got = ", ".join(f"“{variant.subject}”: {group.count}" for variant, group in zip(variants, groups, strict=True))
        return self.env._(
            "No winner yet: each variant needs %(needed)s recipients (%(got)s). Wait, send to more, or hope for a "
            "bigger difference.",
            needed=self.campaign_id.ab_needed,
            got=got,
        )
