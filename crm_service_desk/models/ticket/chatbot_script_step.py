from odoo import fields, models
from odoo.tools import html2plaintext


class ChatbotScriptStep(models.Model):
    _inherit = "chatbot.script.step"

    step_type = fields.Selection(
        selection_add=[("create_ticket", "Open a Ticket")], ondelete={"create_ticket": "cascade"}
    )
    service_team_id = fields.Many2one("service.team", ondelete="set null", index="btree_not_null")

    def _process_step(self, discuss_channel):
        message = super()._process_step(discuss_channel)
        if self.step_type == "create_ticket":
            self._open_ticket(discuss_channel)
        return message

    def _open_ticket(self, discuss_channel):
        """What the visitor told the bot becomes a ticket; his address is found or made a contact as for an e-mail."""
        customer = self._chatbot_prepare_customer_values(discuss_channel, create_partner=False, update_partner=False)
        first = self._find_first_user_free_input(discuss_channel)
        name = html2plaintext(first.body)[:100] if first else self.chatbot_script_id.title
        # sudo: a visitor opens his ticket through the bot, and has no other right on tickets
        channel = discuss_channel.sudo()
        values = {"description": customer["description"] + channel._get_channel_history()}
        if self.service_team_id:
            values.update(team_id=self.service_team_id.id, company_id=self.service_team_id.company_id.id)
        if self.env.user._is_public() and customer["email"]:
            finder = self.env["service.ticket"].sudo()  # sudo: as above
            values["partner_id"] = finder._partner_find_from_emails_single([customer["email"]]).id
        return channel._open_ticket(name, **values)
