from string import Formatter

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from ..choices import CATEGORIES, PRIORITIES

PLACEHOLDERS = ("customer", "number", "subject", "agent", "product", "order")


class ServiceMacro(models.Model):
    """What agents do again and again: an answer with the customer's name in it, and some changes of the ticket."""

    _name = "service.macro"
    _description = "Macro"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    team_ids = fields.Many2many("service.team", string="Teams", help="Empty: for all teams.")
    answer = fields.Html(translate=True, help="Sent to the customer, in his language.")
    note = fields.Html("Internal Note", translate=True)
    category = fields.Selection(CATEGORIES, "Move to", help="The first stage of this kind.")
    priority = fields.Selection(PRIORITIES, "Set Priority")
    assignee = fields.Selection([("me", "Who uses the macro"), ("nobody", "Nobody")], "Assign to")
    type_id = fields.Many2one("service.ticket.type", "Set Type", ondelete="set null")
    category_id = fields.Many2one("service.category", "Set Topic", ondelete="set null")
    tag_ids = fields.Many2many("service.tag", string="Add Tags")
    use_count = fields.Integer("Used", readonly=True, copy=False)

    @api.constrains("answer", "note")
    def _check_placeholders(self):
        for macro in self:
            try:
                texts = (macro.answer or "", macro.note or "")
                found = {name for text in texts for _text, name, *_rest in Formatter().parse(text) if name is not None}
            except ValueError:
                found = {macro.name}
            if unknown := found - set(PLACEHOLDERS):
                raise ValidationError(
                    self.env._(
                        "These placeholders are not known: %(names)s. Known are: %(known)s.",
                        names=", ".join(sorted(unknown)),
                        known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
                    )
                )

    def _format(self, field, ticket):
        """The text for a ticket, in the language of its customer, with everything filled in."""
        macro = self.with_context(lang=ticket.partner_id.lang or self.env.lang)
        if is_html_empty(macro[field]):
            return Markup()
        values = ticket._get_placeholder_values()
        return Markup(str(macro[field]).format_map({name: escape(value) for name, value in values.items()}))

    def _prepare_values(self):
        """What changes in a ticket."""
        self.ensure_one()
        values = {name: self[name] for name in ("priority",) if self[name]}
        values |= {name: self[name].id for name in ("type_id", "category_id") if self[name]}
        if self.tag_ids:
            values["tag_ids"] = [fields.Command.link(tag.id) for tag in self.tag_ids]
        if self.assignee:
            values["user_id"] = self.env.uid if self.assignee == "me" else False
        return values

    def _describe(self):
        """The changes in words, for the preview and for the ticket's history."""
        self.ensure_one()
        lines = []
        for name in ("category", "priority", "assignee"):
            if self[name]:
                field = self._fields[name]
                lines.append(
                    (field._description_string(self.env), dict(field._description_selection(self.env))[self[name]])
                )
        lines += [
            (self._fields[name]._description_string(self.env), ", ".join(self[name].mapped("display_name")))
            for name in ("type_id", "category_id", "tag_ids")
            if self[name]
        ]
        return lines

    def _apply(self, tickets):
        """Answer, note and change the tickets, each for itself, and count the use."""
        self.ensure_one()
        tickets.check_access("write")
        for ticket in tickets:
            if answer := self._format("answer", ticket):
                ticket.message_post(body=answer, message_type="comment", subtype_xmlid="mail.mt_comment")
            if note := self._format("note", ticket):
                ticket.message_post(body=note, message_type="comment", subtype_xmlid="mail.mt_note")
        if values := self._prepare_values():
            tickets.write(values)
        if self.category:
            tickets.filtered(lambda ticket: ticket.category != self.category)._move_to(self.category)
        text = self.env._("Macro: %(name)s", name=self.name)
        tickets._message_log_batch(dict.fromkeys(tickets.ids, text))
        # sudo: agents use macros and do not change them
        self.sudo().use_count += len(tickets)
