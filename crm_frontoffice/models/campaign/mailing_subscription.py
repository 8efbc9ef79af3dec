from odoo import api, models


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions.filtered("opt_out")._log_unsubscribed()
        return subscriptions

    def write(self, vals):
        subscribed = self.filtered(lambda subscription: not subscription.opt_out)
        result = super().write(vals)
        subscribed.filtered("opt_out")._log_unsubscribed()
        return result

    def _log_unsubscribed(self):
        if self:
            # sudo: people leave a list on a page of the web
            rows = self.sudo()
            addresses = [row.contact_id.email_normalized for row in rows]
            self.env["res.partner"]._log_unsubscribed(addresses, [row.list_id.name for row in rows])
