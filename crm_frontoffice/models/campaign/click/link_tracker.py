from odoo import api, fields, models


class LinkTracker(models.Model):
    _inherit = "link.tracker"

    machine_count = fields.Integer(
        "By Machines", compute="_compute_machine_count", help="Clicks of scanners and programs, which count nowhere."
    )

    @api.depends("link_click_ids.link_id", "link_click_ids.machine_reason")
    def _compute_count(self):
        """Clicks of people."""
        result = super()._compute_count()
        for link in self:
            link.count -= link.machine_count
        return result

    @api.depends("link_click_ids.machine_reason")
    def _compute_machine_count(self):
        groups = self.env["link.tracker.click"]._read_group(
            [("link_id", "in", self.ids), ("machine_reason", "!=", False)], ["link_id"], ["__count"]
        )
        counts = {link.id: count for link, count in groups}
        for link in self:
            link.machine_count = counts.get(link.id, 0)
