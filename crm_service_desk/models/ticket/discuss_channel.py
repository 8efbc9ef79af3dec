from odoo import models
from odoo.tools import html2plaintext


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    def execute_command_ticket(self, **kwargs):
        """`/ticket The printer smokes` in a live chat opens a ticket with the conversation."""
        name = html2plaintext(kwargs["body"]).partition(" ")[2].strip()
        if not name:
            text = self.env._("Open a ticket with the conversation: /ticket and its subject")
        else:
            self.check_access("read")
            ticket = self._open_ticket(name)
            text = self.env._("Ticket opened: %(ticket)s", ticket=ticket._get_html_link())
        self.env.user._bus_send_transient_message(self, text)

    def _open_ticket(self, name, **values):
        """A ticket with what has been said so far; its customer is the one who chats, if he is known."""
        self.ensure_one()
        people = self.with_context(active_test=False).channel_partner_ids.filtered("partner_share")
        # Who is not logged in is nobody, whoever else is in the chat.
        customer = people.browse() if any(person.is_public for person in people) else people[:1]
        self.env["service.ticket"].check_access("create")
        # sudo: whoever may open tickets may hand a chat to the desk, whichever team takes it
        Ticket = self.env["service.ticket"].sudo()
        return Ticket.create(
            {
                "name": name,
                "partner_id": customer.id,
                "description": self._get_channel_history(),
                "channel": "chat",
                "origin_channel_id": self.id,
                **values,
            }
        )
