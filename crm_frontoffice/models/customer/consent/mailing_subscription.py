from odoo import api, models


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        opted_out = subscriptions.filtered("opt_out")
        opted_out._note_consent("withdrawn")
        # An employee who fills a list has not asked the customer; a visitor who subscribes is the customer.
        if not self.env.user._is_internal():
            (subscriptions - opted_out)._note_consent("given")
        return subscriptions

    def write(self, vals):
        before = {subscription: subscription.opt_out for subscription in self}
        result = super().write(vals)
        changed = self.filtered(lambda subscription: subscription.opt_out != before[subscription])
        changed.filtered("opt_out")._note_consent("withdrawn")
        changed.filtered(lambda subscription: not subscription.opt_out)._note_consent("given")
        return result

    def _note_consent(self, decision):
        # sudo: the log notes what happened, whoever was allowed to do it
        sync = self.env["crm.consent.sync"].sudo()
        if self and not sync._is_syncing():
            sync._note_subscriptions(self, decision)
