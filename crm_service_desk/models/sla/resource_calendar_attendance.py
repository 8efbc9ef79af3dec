from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        attendances.calendar_id._mark_sla_stale()
        return attendances

    def write(self, vals):
        result = super().write(vals)
        self.calendar_id._mark_sla_stale()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_mark_sla_stale(self):
        self.calendar_id._mark_sla_stale()
