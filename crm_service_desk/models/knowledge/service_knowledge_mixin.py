from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import html2plaintext


class ServiceKnowledgeMixin(models.AbstractModel):
    """Articles that fit a ticket, and those that were used for it."""

    _name = "service.knowledge.mixin"
    _description = "Ticket with Articles"

    article_ids = fields.Many2many(
        "service.article", string="Articles Used", copy=False, groups="crm_service_desk.group_service_desk_agent"
    )
    suggested_article_ids = fields.Many2many(
        "service.article",
        string="Suggested Articles",
        compute="_compute_suggested_article_ids",
        groups="crm_service_desk.group_service_desk_agent",
    )

    @api.depends("name", "description")
    def _compute_suggested_article_ids(self):
        for ticket in self:
            text = f"{ticket.name or ''} {html2plaintext(ticket.description or '')}"
            ticket.suggested_article_ids = self.env["service.article"]._suggest(text) - ticket.article_ids

    def action_send_article(self):
        """Open an answer with a link to the article of the context; articles for the staff are pasted nowhere."""
        self.ensure_one()
        article = self.env["service.article"].browse(self.env.context.get("article_id")).exists()
        article.check_access("read")
        self.article_ids += article
        link = Markup('<p><a href="%s">%s</a></p>') % (article.get_base_url() + article._get_reader_url(), article.name)
        action = self.env["ir.actions.actions"]._for_xml_id("mail.action_email_compose_message_wizard")
        action["context"] = {
            "default_model": self._name,
            "default_res_ids": self.ids,
            "default_composition_mode": "comment",
            "default_subtype_xmlid": "mail.mt_comment",
            "default_partner_ids": self.partner_id.ids,
            "default_body": link if article.audience != "staff" else False,
        }
        return action

    def action_write_article(self):
        """Start an article from what was found out in this ticket."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.article",
            "views": [(False, "form")],
            "context": {
                "default_name": self.name,
                "default_body": self.description,
                "default_category_id": self.category_id.id,
                "default_ticket_ids": [fields.Command.link(self.id)],
            },
        }
