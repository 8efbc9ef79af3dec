from odoo import models
from odoo.tools import SQL

from ....contexts import BatchAddresses, JourneyMessages
from ..chance import BUCKETS, bucket


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def _get_recipients(self):
        """The variants of an A/B test draw by a hash: whoever goes on after a stop finds the same recipients."""
        if not self.ab_testing_enabled or self.ab_testing_is_winner_mailing or not self.campaign_id:
            return super()._get_recipients()
        record_ids = self.env[self.mailing_model_real].search(self._get_recipients_domain()).ids
        low, high = self._get_test_range()
        return [record_id for record_id in record_ids if low <= bucket(f"ab-{self.campaign_id.id}", record_id) < high]

    def _get_test_range(self):
        """The variants of a campaign lie one after the other, as wide as their shares."""
        variants = self._get_ab_testing_siblings_mailings() | self
        before = variants.filtered(lambda mailing: not mailing.ab_testing_is_winner_mailing and mailing.id < self.id)
        low = round(sum(before.mapped("ab_testing_pc")) * BUCKETS / 100)
        return low, low + round(self.ab_testing_pc * BUCKETS / 100)

    def _get_seen_list(self):
        """Of the addresses of a batch those that got the mailing, or with an A/B test its campaign."""
        addresses = BatchAddresses.of(self.env)
        if addresses is None or any(self._get_seen_list_extra()) or JourneyMessages.of(self.env):
            return super()._get_seen_list()
        if self.ab_testing_enabled:
            scope = SQL("campaign_id = %s", self.campaign_id.id)
        else:
            scope = SQL("mass_mailing_id = %s AND model = %s", self.id, self.mailing_model_real)
        self.env["mailing.trace"].flush_model(["email", "campaign_id", "mass_mailing_id", "model"])
        query = SQL("SELECT DISTINCT email FROM mailing_trace WHERE email = ANY(%s) AND %s", list(addresses), scope)
        return {row[0] for row in self.env.execute_query(query)}

    def _get_opt_out_list(self):
        """Of the addresses of a batch those that left all lists of the mailing on which they stand."""
        addresses = BatchAddresses.of(self.env)
        if addresses is None or self.mailing_model_name != "mailing.list":
            return super()._get_opt_out_list()
        self.env["mailing.subscription"].flush_model(["opt_out", "list_id", "contact_id"])
        self.env["mailing.contact"].flush_model(["email_normalized"])
        query = SQL(
            """SELECT contact.email_normalized FROM mailing_contact contact
                 JOIN mailing_subscription subscription ON subscription.contact_id = contact.id
                WHERE contact.email_normalized = ANY(%s) AND subscription.list_id = ANY(%s)
                GROUP BY 1 HAVING bool_and(COALESCE(subscription.opt_out, FALSE))""",
            list(addresses),
            self.contact_list_ids.ids,
        )
        return {row[0] for row in self.env.execute_query(query)}
