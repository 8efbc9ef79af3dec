from odoo import fields, models
from odoo.tools import SQL, formatLang

from .proportions import Group, compare_means

LEAST_PER_GROUP = 100  # below which no verdict is given, whatever was planned


class CrmJourney(models.Model):
    """What a journey brings: invoices of those whom it was meant for, beside those of the control group."""

    _inherit = "crm.journey"

    planned_sample = fields.Integer(
        "Needed per Group", default=1000, help="Before each group has so many no verdict is given."
    )
    effect_days = fields.Integer(
        "Within Days", default=90, help="Invoices so many days after a customer entered count."
    )
    effect = fields.Html(
        compute="_compute_effect",
        sanitize=False,
        groups="mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager",
    )

    def _compute_effect(self):
        groups = self._read_effect_groups()
        for journey in self:
            control, reached = (groups.get((journey.id, control), Group(0, 0.0, 0.0)) for control in (True, False))
            journey.effect = self.env["ir.qweb"]._render(
                "crm_frontoffice.crm_journey_effect", journey._prepare_effect(control, reached)
            )

    def _prepare_effect(self, control, reached):
        comparison = compare_means(control, reached)
        least = max(self.planned_sample, LEAST_PER_GROUP)
        is_enough = min(control.count, reached.count) >= least
        currency = self.company_id.currency_id

        def money(amount):
            return formatLang(self.env, amount, currency_obj=currency)

        return {
            "control": control,
            "reached": reached,
            "comparison": comparison,
            "is_enough": is_enough,
            "verdict": comparison.verdict if is_enough else "waiting",
            "least": least,
            "money": money,
            "days": self.effect_days,
            "total": comparison.difference * reached.count,
        }

    def _read_effect_groups(self):
        """Of each journey, for the control group and for all others: how many, invoiced sum and sum of squares.

        Everybody counts who was meant to go through, whether or not a message reached him; credit notes are taken off.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT spent.journey_id, spent.is_control, COUNT(*), SUM(spent.amount), SUM(spent.amount ^ 2)
                     FROM (SELECT participant.journey_id, participant.state = 'control' AS is_control, participant.id,
                                  COALESCE(SUM(move.amount_untaxed_signed), 0)::float AS amount
                             FROM crm_journey_participant participant
                             JOIN crm_journey journey ON journey.id = participant.journey_id
                             JOIN res_partner partner ON partner.id = participant.partner_id
                             LEFT JOIN account_move move
                               ON move.commercial_partner_id = partner.commercial_partner_id
                              AND move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
                              AND move.company_id = journey.company_id
                              AND move.invoice_date >= participant.date_entered::date
                              AND move.invoice_date < participant.date_entered::date + journey.effect_days
                            WHERE participant.journey_id = ANY(%s) AND participant.round = 1
                            GROUP BY 1, 2, 3) AS spent
                    GROUP BY 1, 2""",
                self.ids,
            )
        )
        return {(row[0], row[1]): Group(*row[2:]) for row in rows}
