from odoo import api, fields, models
from odoo.exceptions import UserError

from ....contexts import JourneyMessages


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    journey_step_ids = fields.One2many("crm.journey.step", "mailing_id", "Steps of Journeys")

    @api.constrains("state")
    def _check_not_of_journey(self):
        # sudo: the author of a mailing may not see journeys
        if self.sudo().filtered(lambda mailing: mailing.state in ("in_queue", "sending") and mailing.journey_step_ids):
            raise UserError(self.env._("A journey sends this message, to each customer in his time."))

    def _get_seen_list(self):
        """The outbox of a journey knows who got what; in a second round a customer gets it again."""
        return set() if JourneyMessages.of(self.env) else super()._get_seen_list()

    def _get_seen_list_sms(self):
        return ([], set()) if JourneyMessages.of(self.env) else super()._get_seen_list_sms()

    def _make_for_journey(self, messages):
        """Make the messages for a batch of customers, all in this transaction; Odoo's queue sends them.

        Odoo's own `_action_send_mail` commits in between: what is noted in the outbox would come apart from the mails.

        :param messages: dict of the outbox row's id by the customer's id
        """
        self.ensure_one()
        mailing = self.with_context(crm_journey_messages=JourneyMessages(messages))
        if self.mailing_type == "sms":
            values = {**mailing._send_sms_get_composer_values(list(messages)), "mass_force_send": False}
            mailing.env["sms.composer"].with_context(active_id=False).create(values)._action_send_sms()
            self.env.ref("sms.ir_cron_sms_scheduler_action")._trigger()
        else:
            composer = mailing.env["mail.compose.message"].with_context(
                active_ids=list(messages), default_composition_mode="mass_mail", **mailing._get_mass_mailing_context()
            )
            composer.create(mailing._prepare_journey_composer_values())._action_send_mail(auto_commit=False)
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        if self.state != "done":
            self.write({"state": "done", "sent_date": fields.Datetime.now()})

    def _prepare_journey_composer_values(self):
        """The same as in Odoo's `_action_send_mail`, but nothing is sent at once."""
        values = {
            "auto_delete": not self.keep_archives,
            "auto_delete_keep_log": self.reply_to_mode == "update",
            "author_id": self.user_id.partner_id.id,
            "attachment_ids": [(4, attachment.id) for attachment in self.attachment_ids],
            "body": self._prepend_preview(self.body_html or "", self.preview),
            "composition_mode": "mass_mail",
            "email_from": self.email_from,
            "force_send": False,
            "mail_server_id": self.mail_server_id.id,
            "mass_mailing_id": self.id,
            "model": self.mailing_model_real,
            "reply_to_force_new": self.reply_to_mode == "new",
            "subject": self.subject,
            "template_id": False,
            "use_exclusion_list": self.use_exclusion_list,
        }
        return {**values, "reply_to": self.reply_to} if self.reply_to_mode == "new" else values
