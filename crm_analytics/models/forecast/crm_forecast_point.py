from odoo import api, fields, models
from odoo.tools import SQL, format_date


class CrmForecastPoint(models.Model):
    """One month of a forecast: what was earned, or what is expected with its interval."""

    _name = "crm.forecast.point"
    _description = "Forecast Month"
    _order = "date desc, id"
    _log_access = False

    name = fields.Char("Month", compute="_compute_name")
    run_id = fields.Many2one(
        "crm.forecast.run", "Forecast", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_latest = fields.Boolean("Latest Forecast", readonly=True, help="Belongs to the company's most recent forecast.")
    date = fields.Date("First Day", required=True, readonly=True)
    kind = fields.Selection([("actual", "Actual"), ("forecast", "Forecast")], required=True, readonly=True)
    amount_actual = fields.Float(
        "Actual", readonly=True, help="For a forecast month: what came in the end, once the month is over."
    )
    amount = fields.Float("Expected", readonly=True)
    low_80 = fields.Float("Low (80 %)", readonly=True, help="Nine times out of ten, revenue is higher.")
    high_80 = fields.Float("High (80 %)", readonly=True, help="Nine times out of ten, revenue is lower.")
    low_95 = fields.Float("Low (95 %)", readonly=True)
    high_95 = fields.Float("High (95 %)", readonly=True)
    is_complete = fields.Boolean("Month is Over", readonly=True)

    _month_unique = models.Constraint("UNIQUE(run_id, date)", "A forecast has each month once.")
    _latest_idx = models.Index("(company_id, date) WHERE is_latest")

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_name(self):
        for point in self:
            point.name = format_date(self.env, point.date, date_format="LLLL yyyy") if point.date else False

    def action_open_invoices(self):
        """Open the revenue of this month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_analytics.crm_fact_invoice_action")
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("date", ">=", self.date),
            ("date", "<", fields.Date.add(self.date, months=1)),
        ]
        action["context"] = {}
        action["view_mode"] = "list,pivot,graph"
        action["views"] = [(False, "list"), (False, "pivot"), (False, "graph")]
        return action

    @api.model
    def _fill_in_actuals(self):
        """Write what came into the forecast months that are over, in all runs that were kept."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE crm_forecast_point AS point
                      SET is_complete = TRUE, amount_actual = COALESCE((
                          SELECT sum(fact.amount) FROM crm_fact_invoice AS fact
                           WHERE fact.company_id = point.company_id
                             AND fact.date >= point.date AND fact.date < point.date + interval '1 month'), 0)
                    WHERE point.kind = 'forecast' AND NOT COALESCE(point.is_complete, FALSE)
                      AND point.date + interval '1 month' <= %s""",
                fields.Date.today(),
            )
        )
        self.invalidate_model(flush=False)
