from odoo import api, models
from odoo.tools import SQL


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        # sudo: the event is the system's record of a message that the user was allowed to write
        messages.sudo()._log_customer_events()
        return messages

    def _log_customer_events(self):
        """Append an event for each message that a customer wrote or gets; notes among colleagues are none."""
        vals_list = []
        for model, messages in self._filter_conversation().grouped("model").items():
            documents = self.env[model].browse(messages.mapped("res_id")).exists()
            followed = self._get_ids_followed_by_customers(documents)
            for message in messages.filtered(lambda message, ids=set(documents.ids): message.res_id in ids):
                vals_list += message._prepare_customer_event(documents.browse(message.res_id), followed)
        if vals_list:
            self.env["crm.event"]._append(vals_list)

    def _filter_conversation(self):
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        return self.filtered(
            lambda message: (
                message.message_type in ("email", "comment", "sms")
                and (message.message_type == "sms" or message.subtype_id.id == comment)
                and not message.is_internal
                and hasattr(self.env.get(message.model), "_log_event")
            )
        )

    @api.model
    def _get_ids_followed_by_customers(self, documents):
        """Which of the documents have a follower from outside, who gets a copy of what is written there."""
        self.env["mail.followers"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT follower.res_id FROM mail_followers follower
                     JOIN res_partner partner ON partner.id = follower.partner_id AND partner.partner_share
                    WHERE follower.res_model = %s AND follower.res_id = ANY(%s)""",
                documents._name,
                documents.ids,
            )
        )
        return {row[0] for row in rows}

    def _prepare_customer_event(self, document, followed):
        """The event of this message as a list of one row, or an empty list."""
        values = document._prepare_event_values()
        from_customer = self.author_id.partner_share if self.author_id else self.message_type == "email"
        reaches_customer = any(self.partner_ids.mapped("partner_share")) or document.id in followed
        if not values.get("partner_id") or not (from_customer or reaches_customer or self.message_type == "sms"):
            return []
        return [
            {
                **{name: value for name, value in values.items() if name != "amount"},
                "code": self._get_event_code(from_customer=from_customer),
                "res_model": document._name,
                "res_id": document.id,
                "dedupe_key": f"message:{self.id}",
                "payload": {"message_id": self.id, "subject": self.subject or None},
            }
        ]

    def _get_event_code(self, *, from_customer):
        if self.message_type == "sms":
            return "sms_in" if from_customer else "sms_out"
        if from_customer:
            return "message_in" if self.message_type == "email" else "note_portal"
        return "message_out"
