from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._mark_sla_stale()
        return leaves

    def write(self, vals):
        self._mark_sla_stale()
        result = super().write(vals)
        self._mark_sla_stale()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_mark_sla_stale(self):
        self._mark_sla_stale()

    def _mark_sla_stale(self):
        """A public holiday stops the clocks of its calendar or company; one person's absence stops none."""
        holidays = self.filtered(lambda leave: not leave.resource_id)
        if not holidays:
            return
        domain = [("company_id", "in", holidays.company_id.ids)] if all(leave.company_id for leave in holidays) else []
        if all(leave.calendar_id for leave in holidays):
            domain.append(("sla_status_ids.calendar_id", "in", holidays.calendar_id.ids))
        self.env["service.ticket"]._sla_mark_stale(domain)
