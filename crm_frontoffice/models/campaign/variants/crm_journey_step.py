from odoo import api, fields, models
from odoo.tools import SQL

from ..measure.crm_journey import LEAST_PER_GROUP
from ..measure.proportions import Group
from .judgement import judge

# Of each way how many went it, and what they came to: the goal, or what they were invoiced since.
RESULTS = """
    SELECT went.outcome, COUNT(*), SUM(went.value), SUM(went.value ^ 2)
      FROM (SELECT passage.outcome, participant.id,
                   CASE %(measure)s WHEN 'goal' THEN (participant.state = 'goal')::int::float
                   ELSE COALESCE(SUM(-line.balance - CASE %(measure)s WHEN 'margin' THEN
                       (CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END) * line.quantity
                       * COALESCE((product.standard_price->>move.company_id::text)::numeric, 0) ELSE 0 END
                   ), 0)::float END AS value
              FROM crm_journey_passage passage
              JOIN crm_journey_participant participant ON participant.id = passage.participant_id
              JOIN res_partner partner ON partner.id = participant.partner_id
              LEFT JOIN account_move move ON %(measure)s <> 'goal'
               AND move.commercial_partner_id = partner.commercial_partner_id
               AND move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.company_id = %(company)s AND move.invoice_date >= passage.date::date
               AND move.invoice_date < passage.date::date + %(days)s
              LEFT JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
              LEFT JOIN product_product product ON product.id = line.product_id
             WHERE passage.step_id = %(step)s
             GROUP BY passage.outcome, participant.id) AS went
     GROUP BY 1"""


class CrmJourneyStep(models.Model):
    _inherit = "crm.journey.step"

    split_measure = fields.Selection(
        [("goal", "Goal reached"), ("revenue", "Invoiced revenue each"), ("margin", "Margin each")],
        "Better Is",
        default="goal",
    )
    split_result = fields.Html(
        "Result So Far",
        compute="_compute_split_result",
        sanitize=False,
        groups="mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager",
    )

    @api.depends("kind", "split_measure", "variant_ids")
    def _compute_split_result(self):
        for step in self:
            is_asked = step.kind == "split" and len(step.variant_ids) > 1 and isinstance(step.id, int)
            step.split_result = is_asked and step._render_split_result()

    def _render_split_result(self):
        self.env.flush_all()
        query = SQL(
            RESULTS,
            measure=self.split_measure or "goal",
            company=self.journey_id.company_id.id,
            days=self.journey_id.effect_days,
            step=self.id,
        )
        found = {row[0]: Group(*row[1:]) for row in self.env.execute_query(query)}
        groups = [found.get(f"v{way.id}", Group(0, 0.0, 0.0)) for way in self.variant_ids]
        is_share = (self.split_measure or "goal") == "goal"
        needed = max(self.journey_id.planned_sample, LEAST_PER_GROUP)
        values = self.env["mailing.mailing"]._prepare_variants_result(
            self.variant_ids.mapped("name"),
            groups,
            judge(groups, needed, is_share=is_share),
            is_share=is_share,
            currency=self.journey_id.company_id.currency_id,
            needed=needed,
        )
        return self.env["ir.qweb"]._render("crm_frontoffice.variants_result", values)
