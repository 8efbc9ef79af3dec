from odoo import models
from odoo.tools import SQL


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def _get_seen_list(self):
        """Of the addresses of a batch those that got the mailing, or with an A/B test its campaign."""
        addresses = self.env.context.get("crm_addresses")
        if addresses is None or any(self._get_seen_list_extra()) or self.env.context.get("crm_journey_messages"):
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
        addresses = self.env.context.get("crm_addresses")
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
