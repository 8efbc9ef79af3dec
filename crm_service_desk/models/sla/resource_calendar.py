from odoo import models
from odoo.exceptions import ValidationError


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """Deadlines follow the time zone and the kind of schedule."""
        result = super().write(vals)
        if {"tz", "schedule_type", "flexible_hours", "two_weeks_calendar"} & vals.keys():
            self._mark_sla_stale()
        return result

    def _check_fit_for_sla(self):
        """Flexible hours say how much is worked but not when: no deadline follows from them."""
        if flexible := self.filtered("flexible_hours"):
            raise ValidationError(
                self.env._(
                    "Working hours without fixed times cannot measure answer times: %(names)s. Choose others.",
                    names=", ".join(flexible.mapped("name")),
                )
            )

    def _mark_sla_stale(self):
        if self:
            self.env["service.ticket"]._sla_mark_stale([("sla_status_ids.calendar_id", "in", self.ids)])
