from odoo import fields
from odoo.tests import new_test_user, tagged

from ..common import DeskCase


@tagged("post_install", "-at_install")
class TestChatAndPhone(DeskCase):
    """A chat and a call become tickets that keep what was said."""

    def _create_chat(self, visitor):
        operator = new_test_user(
            self.env,
            "operator",
            "im_livechat.im_livechat_group_user,crm_service_desk.group_service_desk_agent",
            name="Operator",
        )
        livechat = self.env["im_livechat.channel"].create({"name": "Help", "user_ids": operator.ids})
        channel = self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_channel_id": livechat.id,
                "livechat_operator_id": operator.partner_id.id,
                "channel_member_ids": [
                    fields.Command.create({"partner_id": operator.partner_id.id}),
                    fields.Command.create({"partner_id": visitor.id}),
                ],
            }
        )
        channel.message_post(
            body="It smokes", author_id=visitor.id, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        return channel.with_user(operator)

    def test_command_in_a_chat_opens_a_ticket_with_the_conversation(self):
        channel = self._create_chat(self.alice)
        channel.execute_command_ticket(body="/ticket The printer smokes")
        ticket = self.env["service.ticket"].search([("origin_channel_id", "=", channel.id)])
        self.assertRecordValues(
            ticket, [{"name": "The printer smokes", "partner_id": self.alice.id, "channel": "chat", "user_id": False}]
        )
        self.assertIn("It smokes", ticket.description)

    def test_visitor_without_login_is_nobody(self):
        channel = self._create_chat(self.env.ref("base.public_partner"))
        channel.execute_command_ticket(body="/ticket The printer smokes")
        ticket = self.env["service.ticket"].search([("origin_channel_id", "=", channel.id)])
        self.assertFalse(ticket.partner_id)

    def test_command_without_subject_explains_itself(self):
        channel = self._create_chat(self.alice)
        channel.execute_command_ticket(body="/ticket ")
        self.assertFalse(self.env["service.ticket"].search([("origin_channel_id", "=", channel.id)]))

    def test_bot_opens_a_ticket_for_a_visitor(self):
        script = self.env["chatbot.script"].create(
            {
                "title": "Bot",
                "script_step_ids": [
                    fields.Command.create(
                        {"step_type": "create_ticket", "message": "Thanks", "service_team_id": self.team.id}
                    )
                ],
            }
        )
        channel = self._create_chat(self.alice).sudo()
        user = self._create_portal_user(self.alice)
        script.script_step_ids.with_user(user).sudo()._process_step(channel.with_user(user).sudo())
        ticket = self.env["service.ticket"].search([("origin_channel_id", "=", channel.id)])
        self.assertRecordValues(ticket, [{"team_id": self.team.id, "partner_id": self.alice.id, "channel": "chat"}])

    def test_call_becomes_a_ticket_once(self):
        call = (
            self.env["crm.interaction"]
            .with_user(self.sven)
            .create(
                {
                    "partner_id": self.alice.id,
                    "kind": "call",
                    "direction": "in",
                    "summary": "It smokes",
                    "note": "Loudly",
                }
            )
        )
        tickets = [call.action_open_ticket()["res_id"] for _time in "ab"]
        self.assertEqual(tickets[0], tickets[1])
        ticket = self.env["service.ticket"].browse(tickets[0])
        self.assertRecordValues(ticket, [{"name": "It smokes", "channel": "phone", "partner_id": self.alice.id}])
        self.assertIn("Loudly", ticket.description)
