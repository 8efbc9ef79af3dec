from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

from odoo.addons.crm_frontoffice.contexts import INSIDE

from .form_answers import describe_answers
from .subject_number import find_numbers


class ServiceIntakeMixin(models.AbstractModel):
    """How messages reach a ticket and leave it: new mail, the customer's reply, the agent's answer."""

    _name = "service.intake.mixin"
    _inherit = ["mail.thread.cc"]
    _description = "Ticket Correspondence"
    _primary_email = "email_from"
    _mail_post_access = "read"

    email_from = fields.Char(
        "E-mail", compute="_compute_email_from", store=True, readonly=False, index="trigram", help="Who asked."
    )
    email_cc = fields.Char(groups="base.group_user")
    date_first_answer = fields.Datetime("First Answer", readonly=True, copy=False)

    watcher_ids = fields.Many2many(
        "res.partner",
        "service_ticket_watcher_rel",
        string="Watchers",
        groups="base.group_user",
        help="They get a copy of every message between us and the customer, and no access to anything.",
    )

    @api.depends("partner_id")
    def _compute_email_from(self):
        for ticket in self:
            partner = ticket.partner_id
            if partner and partner.email_normalized != email_normalize(ticket.email_from):
                ticket.email_from = partner.email

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A message to the address of a team: its sender becomes a contact, nobody is assigned."""
        partner = self._get_sender(msg_dict)
        if partner and not msg_dict.get("author_id"):
            msg_dict["author_id"] = partner.id
        values = {
            "name": msg_dict.get("subject") or self.env._("(no subject)"),
            "partner_id": partner.id,
            "user_id": False,
            **(custom_values or {}),
            "channel": "email",
        }
        team = self.env["service.team"].browse(values.get("team_id"))
        values["company_id"] = team.company_id.id or self.env.company.id
        return super().message_new(msg_dict, values)

    @api.model
    def _route_by_number(self, route, msg_dict):
        """A new message that names a ticket of its sender's own company belongs to that ticket."""
        model, thread_id, *rest = route
        if model != self._name or thread_id:
            return route
        numbers = find_numbers(msg_dict.get("subject"))
        address = email_normalize(msg_dict.get("email_from"))
        if not numbers or not address:
            return route
        # sudo: the gateway looks tickets and senders up for everybody; who the sender is decides
        known = self.env["res.partner"].sudo().search([("email_normalized", "=", address)])
        domain = [("number", "in", numbers), ("commercial_partner_id", "in", known.commercial_partner_id.ids)]
        ticket = self.sudo().search(domain, limit=1) if known else self  # sudo: as above
        return (model, ticket.id, *rest) if ticket else route

    @api.model
    def _get_sender(self, msg_dict):
        """The contact behind the sender's address, made if there is none."""
        if msg_dict.get("author_id") or not email_normalize(msg_dict.get("email_from")):
            return self.env["res.partner"].browse(msg_dict.get("author_id"))
        return self._partner_find_from_emails_single([msg_dict["email_from"]])

    def _message_post_after_hook(self, message, msg_values):
        if self._is_from_customer(message) and self.env.context.get("service_is_rating") is not INSIDE:
            self._on_customer_reply(message)
        return super()._message_post_after_hook(message, msg_values)

    @api.model
    def _is_from_customer(self, message):
        """Written by a person outside the company; absence notes have a type of their own."""
        return message.message_type in ("email", "comment") and (
            not message.author_id or message.author_id.partner_share
        )

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """An answer counts once it is on its way to the customer: notes and messages to colleagues do not."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if self and not kwargs.get("scheduled_date") and self._is_answer(message, recipients):
            self._on_agent_answer()
        return recipients

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Watchers hear what the customer may hear; what colleagues tell each other is not for them."""
        msg_vals = dict(msg_vals or {})
        # sudo: the customer who writes does not see who watches
        watchers = self.sudo().watcher_ids - message.author_id
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        if watchers and message.subtype_id.id == comment and not message.is_internal:
            addressed = msg_vals.get("partner_ids") or message.partner_ids.ids
            msg_vals["partner_ids"] = [*addressed, *(watchers.ids)]
        return super()._notify_get_recipients(message, msg_vals, **kwargs)

    def _is_answer(self, message, recipients):
        author = message.author_id
        if (
            message.message_type not in ("comment", "email", "email_outgoing")
            or message.subtype_id.internal
            or not author
            or author.partner_share
            or author == self.env.ref("base.partner_root")
        ):
            return False
        if self.partner_id:
            return self.partner_id != author and self.partner_id.id in {data["id"] for data in recipients}
        address = email_normalize(self.email_from)
        return bool(address) and address in (message.outgoing_email_to or "")

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Replies go to the address of the team."""
        # sudo: whoever writes may not read teams
        teams = self.team_id.sudo()
        addresses = teams._notify_get_reply_to(default=default, author_id=author_id)
        result = {ticket.id: addresses.get(ticket.team_id.id) for ticket in self if ticket.team_id}
        if leftover := self.filtered(lambda ticket: not ticket.team_id):
            result.update(
                super(ServiceIntakeMixin, leftover)._notify_get_reply_to(default=default, author_id=author_id)
            )
        return result

    def _thread_to_store(self, store, fields, *, request_list=None):
        """The chatter of an agent knows what canned answers may say about the ticket."""
        result = super()._thread_to_store(store, fields, request_list=request_list)
        if request_list and self.env.user.has_group("crm_service_desk.group_service_desk_agent"):
            for ticket in self:
                store.add(ticket, {"servicePlaceholders": ticket._get_placeholder_values()}, as_thread=True)
        return result

    def _get_placeholder_values(self):
        """What macros and canned answers may say about a ticket, by the word between the braces."""
        self.ensure_one()
        return {
            "customer": self.partner_id.name or self.email_from or "",
            "number": self.number or "",
            "subject": self.name or "",
            "agent": self.env.user.name,
            "product": self.product_id.display_name or "",
            # sudo: the number of the order that the ticket is about, for its own customer
            "order": self.order_id.sudo().name or "",
        }

    def _on_customer_changed(self, former):
        """A former customer gets no more answers, and the links he was sent open nothing any more.

        :param former: the customer before, by ticket
        """
        changed = self.filtered(lambda ticket: former[ticket] and former[ticket] != ticket.partner_id)
        changed.access_token = False
        for partner, tickets in changed.grouped(former.get).items():
            tickets.message_unsubscribe(partner.ids)
        self._subscribe_customers()

    def _subscribe_customers(self):
        """Customers get the answers to their tickets; nobody else is added, least of all who stands in CC."""
        tickets = self.filtered("partner_id")
        if not tickets:
            return
        subtype_ids = self.env["mail.message.subtype"].default_subtypes(self._name)[2].ids
        self.env["mail.followers"].flush_model()
        # Following is the system's bookkeeping; one statement does it for a whole batch.
        self.env.execute_query(
            SQL(
                """WITH added AS (
                       INSERT INTO mail_followers (res_model, res_id, partner_id)
                       SELECT %s, * FROM unnest(%s, %s) ON CONFLICT DO NOTHING RETURNING id
                   )
                   INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id)
                   SELECT added.id, subtype.id FROM added CROSS JOIN unnest(%s) AS subtype(id)""",
                self._name,
                tickets.ids,
                [ticket.partner_id.id for ticket in tickets],
                subtype_ids,
            )
        )
        tickets.invalidate_recordset(["message_follower_ids", "message_partner_ids"], flush=False)

    # ---- what the ticket does about it

    def _on_customer_reply(self, message):
        """Hook: the customer wrote."""

    def _on_agent_answer(self):
        """Hook: an answer left for the customer."""

    # ---- customers in the portal, and visitors

    @api.model
    def _create_from_portal(self, partner, name, description, category_id=False, answers=None, files=()):
        """A request that a customer wrote in the portal.

        :param answers: to what its topic asks for, see `form_answers`
        :param files: pairs of name and content
        """
        ticket = self._create_from_outside(name, description, category_id, channel="portal", partner_id=partner.id)
        ticket._add_answers(answers)
        ticket._add_files(files)
        return ticket

    @api.model
    def _create_from_form(self, team, name, description, sender, email, category_id=False, answers=None, files=()):
        """A request of a visitor; whose address it is has nobody proved, so he is shown nothing about anybody."""
        # sudo: visitors have no rights; the contact is found or made as for an e-mail
        partner = self.sudo()._partner_find_from_emails_single([email], additional_values={email: {"name": sender}})
        ticket = self._create_from_outside(
            name, description, category_id, channel="form", partner_id=partner.id, team=team
        )
        ticket._add_answers(answers)
        ticket._add_files(files)
        return ticket

    def _add_answers(self, answers):
        if answers and self.category_id:
            self.category_properties = answers

    def _add_files(self, files):
        """What the customer sent along, as a message of his: he sees it in the portal, and agents in the chatter."""
        if files:
            self.message_post(
                attachments=list(files),
                author_id=self.partner_id.id,
                email_from=self.email_from,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def _describe_details(self):
        """Label and text of what the customer answered about his topic."""
        # sudo: the details of his own ticket, whose topic a customer may not read
        ticket = self.sudo()
        properties = {
            entry["name"]: entry.get("value")
            for entry in ticket.read(["category_properties"])[0]["category_properties"]
        }
        return describe_answers(ticket.category_id.properties_definition, properties, self.env._("Yes"))

    @api.model
    def _create_from_outside(self, name, description, category_id, *, team=None, **values):
        company = team.company_id if team else self.env.company
        # sudo: customers have no right to create tickets but this one way; hidden topics are not for them
        category = self.env["service.category"].sudo().browse(category_id or []).exists().filtered("is_published")
        team = team or category._get_team() or self.env["service.team"]._get_default(company)
        # sudo: as above
        return self.sudo().create(
            {
                "name": name,
                "description": description,
                "company_id": team.company_id.id or company.id,
                "team_id": team.id,
                "category_id": category.id,
                **values,
            }
        )
