from odoo import api, models


class LinkTrackerClick(models.Model):
    _inherit = "link.tracker.click"

    @api.model_create_multi
    def create(self, vals_list):
        clicks = super().create(vals_list)
        with_trace = clicks.filtered("mailing_trace_id")
        if with_trace:
            with_trace._log_clicked()
        return clicks

    def _log_clicked(self):
        """Tell once for each link of a mailing that a customer followed it."""
        # sudo: a click comes from a page of the web
        clicks = self.sudo()
        values = clicks.mailing_trace_id._prepare_customer_values()
        vals_list = [
            {
                **values[click.mailing_trace_id],
                "code": "campaign_clicked",
                "dedupe_key": f"campaign_clicked:mailing.trace:{click.mailing_trace_id.id}:{click.link_id.id}",
                "payload": {**values[click.mailing_trace_id]["payload"], "link_id": click.link_id.id},
            }
            for click in clicks
            if click.mailing_trace_id in values
        ]
        if vals_list:
            self.env["crm.event"]._append(vals_list)
