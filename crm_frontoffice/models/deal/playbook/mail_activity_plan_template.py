from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from pytz import timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError

DEAL_ROLES = frozenset({"salesperson", "team_leader"})


class MailActivityPlanTemplate(models.Model):
    """Steps of a plan whose owner is found by his role in the deal."""

    _inherit = "mail.activity.plan.template"

    responsible_type = fields.Selection(
        selection_add=[("salesperson", "Salesperson"), ("team_leader", "Team leader")],
        ondelete={"salesperson": "cascade", "team_leader": "cascade"},
    )

    @api.constrains("plan_id", "responsible_type")
    def _check_responsible_deal(self):
        if self.filtered(lambda step: step.responsible_type in DEAL_ROLES and step.plan_id.res_model != "crm.lead"):
            raise ValidationError(self.env._("Salesperson and team leader are roles in plans of deals only."))

    def _determine_responsible(self, on_demand_responsible, applied_on_record):
        if self.responsible_type not in DEAL_ROLES:
            return super()._determine_responsible(on_demand_responsible, applied_on_record)
        lead = applied_on_record
        leader = lead.team_id.user_id if self.responsible_type == "team_leader" else lead.user_id
        responsible = leader or lead.user_id or on_demand_responsible or self.env.user
        return {"responsible": responsible, "error": False, "warning": False}

    def _prepare_playbook_activity(self, lead):
        company = lead.company_id or self.env.company
        someone = lead.user_id or self.env.user
        return {
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
            "res_id": lead.id,
            "activity_type_id": self.activity_type_id.id,
            "summary": self.summary,
            "note": self.note,
            "automated": True,
            "user_id": self._determine_responsible(someone, lead)["responsible"].id,
            "date_deadline": self._get_working_deadline(company.resource_calendar_id, fields.Date.context_today(self)),
        }

    def _get_working_deadline(self, calendar, base_date):
        """The day of the step: days are working days, and what falls on a day off is due on the next working day."""
        days, start = 1, base_date
        if self.delay_unit == "days":
            days += self.delay_count
        else:
            start += relativedelta(**{self.delay_unit: self.delay_count})
        if not calendar:
            return start + relativedelta(days=days - 1)
        midnight = timezone(calendar.tz or "UTC").localize(datetime.combine(start, time.min))
        moment = calendar.plan_days(days, midnight, compute_leaves=True)
        return moment.date() if moment else start + relativedelta(days=days - 1)
