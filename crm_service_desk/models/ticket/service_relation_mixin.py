from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..sla.sla_clock import DONE


class ServiceRelationMixin(models.AbstractModel):
    """Tickets among themselves: links, a parent incident with many customers behind it, merging and splitting."""

    _name = "service.relation.mixin"
    _description = "Ticket among Tickets"

    link_ids = fields.One2many(
        "service.ticket.link", "ticket_id", "Links", groups="crm_service_desk.group_service_desk_agent"
    )
    back_link_ids = fields.One2many(
        "service.ticket.link", "other_id", "Linked from", groups="crm_service_desk.group_service_desk_agent"
    )
    parent_id = fields.Many2one(
        "service.ticket",
        "Incident",
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
        help="The common cause of several tickets: one answer there reaches all of their customers.",
    )
    child_ids = fields.One2many("service.ticket", "parent_id", "Tickets of the Incident", groups="base.group_user")
    merge_ids = fields.One2many(
        "service.merge",
        "target_id",
        "Merges",
        domain=[("date_undone", "=", False)],
        groups="crm_service_desk.group_service_desk_agent",
    )
    child_count = fields.Integer(compute="_compute_child_count", groups="base.group_user")

    @api.depends("child_ids")
    def _compute_child_count(self):
        counts = dict(self._read_group([("parent_id", "in", self.ids)], ["parent_id"], ["__count"]))
        for ticket in self:
            ticket.child_count = counts.get(ticket, 0)

    @api.constrains("parent_id")
    def _check_parent(self):
        if wrong := self.filtered(lambda ticket: ticket.parent_id and (ticket.child_ids or ticket.parent_id.parent_id)):
            raise ValidationError(
                self.env._(
                    "An incident gathers tickets, and is no ticket of another incident: %(tickets)s.",
                    tickets=", ".join(wrong.mapped("number")),
                )
            )

    def action_open_children(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("crm_service_desk.service_ticket_action")
        return {**action, "domain": [("parent_id", "=", self.id)], "context": {"default_parent_id": self.id}}

    # ---- one answer to all

    def _answer_all(self, body, *, is_solving):
        """Send one answer to the customers of this incident and of all its open tickets; each sees only his own.

        :return: the tickets that were answered
        """
        self.ensure_one()
        children = self.child_ids.filtered(lambda ticket: ticket.category not in DONE)
        tickets = self + children._filtered_access("write")
        for ticket in tickets:
            ticket.message_post(body=body, message_type="comment", subtype_xmlid="mail.mt_comment")
        if is_solving:
            tickets.filtered("is_solve_allowed").action_solve()
        return tickets

    # ---- merging

    def _merge_into(self, target):
        """These tickets are the same request as the target, which takes over all that was said, filed and planned.

        Only tickets of one customer are merged: nobody must read what another customer wrote.
        """
        self._check_mergeable(target)
        # sudo: the record of the merge is the system's
        self.env["service.merge"].sudo()._record(self.sudo(), target.sudo())
        self._move_belongings(target)
        open_rows = self._get_sla_rows().filtered(lambda row: not row.date_reached)
        open_rows.unlink()
        for ticket in self:
            ticket.merged_into_id = target
        self.filtered(lambda ticket: ticket.category != "closed")._move_to("closed")
        answers = [moment for moment in (self + target).mapped("date_first_answer") if moment]
        target.write(
            {
                "date_opened": min((self + target).mapped("date_opened")),
                "date_first_answer": min(answers, default=False),
            }
        )
        target.message_subscribe((self._get_heirs() - target.partner_id).ids)
        target.watcher_ids |= self.watcher_ids
        target._sla_rematch()
        links = Markup(", ").join(ticket._get_html_link() for ticket in self)
        target._message_log(body=self.env._("Merged into this ticket: %(tickets)s", tickets=links))
        self._message_log_batch(
            {
                ticket.id: self.env._("Merged into %(ticket)s: it goes on there.", ticket=target._get_html_link())
                for ticket in self
            }
        )

    def _get_heirs(self):
        """Whoever asked gets the answer, as people of the same customer; colleagues follow the request further."""
        return self.partner_id | self.message_partner_ids.filtered(lambda partner: not partner.partner_share)

    def _check_mergeable(self, target):
        if target in self or target.merged_into_id or not self:
            raise UserError(self.env._("Choose a ticket that goes on, and others that end in it."))
        if gone := self.filtered("merged_into_id"):
            raise UserError(
                self.env._("These tickets are merged already: %(tickets)s.", tickets=", ".join(gone.mapped("number")))
            )
        customer = target.commercial_partner_id
        foreign = self.filtered(lambda ticket: not customer or ticket.commercial_partner_id != customer)
        if foreign:
            raise UserError(
                self.env._(
                    "Only tickets of one customer can be merged, so that nobody reads what another one wrote: "
                    "%(tickets)s. Gather tickets of several customers under one incident instead.",
                    tickets=", ".join(foreign.mapped("number")),
                )
            )

    def _move_belongings(self, target):
        """Messages, files, activities, ratings, links and children follow with one statement each."""
        # sudo: what hangs on a ticket goes where the ticket goes; who may write both tickets decides
        for parts in self.env["service.merge"].sudo()._find_parts(self).values():
            parts.write({"res_id": target.id})
        self.child_ids.parent_id = target
        moved = self.link_ids.filtered(lambda link: link.other_id not in self + target)
        known = {(link.kind, link.other_id) for link in target.link_ids}
        moved.filtered(lambda link: (link.kind, link.other_id) not in known).ticket_id = target

    def action_undo_merge(self):
        """This ticket leaves the one that it was merged into."""
        merges = self.env["service.merge"].search([("source_id", "in", self.ids), ("date_undone", "=", False)])
        if alone := self - merges.source_id:
            raise UserError(
                self.env._("These tickets are not merged: %(tickets)s.", tickets=", ".join(alone.mapped("number")))
            )
        return merges.action_undo()

    # ---- splitting

    def _split(self, message, name):
        """A message that asks for something else becomes a ticket of its own."""
        self.ensure_one()
        if message.model != self._name or message.res_id != self.id:
            raise UserError(self.env._("Choose a message of this ticket."))
        author = message.author_id
        partner = author if author.commercial_partner_id == self.commercial_partner_id else self.partner_id
        ticket = self.create(
            {
                "name": name,
                "description": message.body,
                "partner_id": partner.id,
                "company_id": self.company_id.id,
                "team_id": self.team_id.id,
                "channel": self.channel,
                "date_opened": message.date,
                "link_ids": [fields.Command.create({"kind": "split", "other_id": self.id})],
            }
        )
        self._copy_attachments(message).write({"res_id": ticket.id})
        ticket._message_log(body=self.env._("Split from %(ticket)s.", ticket=self._get_html_link()))
        self._message_log(body=self.env._("Split into %(ticket)s.", ticket=ticket._get_html_link()))
        return ticket
