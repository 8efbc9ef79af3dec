import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

MOST_WORDS = 24
# Its dictionary of ASCII words is the English one: it serves both languages.
CONFIGURATION = "russian"


class ServiceArticle(models.Model):
    """An answer that is kept: found by its words, sent to customers, read in the portal."""

    _name = "service.article"
    _inherit = ["mail.thread"]
    _description = "Article"
    _order = "name, id"

    name = fields.Char("Title", required=True, tracking=True)
    body = fields.Html(sanitize_overridable=False, sanitize_attributes=True)
    body_text = fields.Text(compute="_compute_body_text", store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    category_id = fields.Many2one("service.category", "Topic", index="btree_not_null", ondelete="set null")
    audience = fields.Selection(
        [("staff", "Staff"), ("customer", "Customers"), ("public", "Everybody")],
        "For",
        required=True,
        default="staff",
        tracking=True,
    )
    is_published = fields.Boolean("Published", tracking=True)
    ticket_ids = fields.Many2many(
        "service.ticket", string="Tickets", groups="crm_service_desk.group_service_desk_agent"
    )
    ticket_count = fields.Integer(
        "Used in Tickets", compute="_compute_ticket_count", groups="crm_service_desk.group_service_desk_agent"
    )
    helpful_count = fields.Integer("Helpful", readonly=True, copy=False)
    unhelpful_count = fields.Integer("Not Helpful", readonly=True, copy=False)
    text_search = fields.Char("Words", store=False, search="_search_text_search")

    _words_idx = models.Index(
        "USING gin (to_tsvector('russian'::regconfig, coalesce(name, '') || ' ' || coalesce(body_text, '')))"
    )

    @api.depends("body")
    def _compute_body_text(self):
        for article in self:
            article.body_text = html2plaintext(article.body or "")

    def _compute_ticket_count(self):
        Ticket = self.env["service.ticket"]
        counts = dict(Ticket._read_group([("article_ids", "in", self.ids)], ["article_ids"], ["__count"]))
        for article in self:
            article.ticket_count = counts.get(article, 0)

    # ---- finding

    @api.model
    def _search_text_search(self, operator, value):
        if operator not in ("ilike", "like", "=ilike") or not isinstance(value, str):
            return NotImplemented
        return Domain("id", "in", self._rank(value, " & "))

    @api.model
    def _rank(self, text, joint, limit=1000):
        """Ids of articles that have the words of a text, the best first; record rules are the caller's.

        :param joint: " & " for articles that have all words, " | " for those that have some
        """
        words = re.findall(r"\w+", text)[:MOST_WORDS]
        if not words:
            return []
        self.flush_model(["name", "body_text", "active"])
        vector = SQL("to_tsvector('russian'::regconfig, coalesce(name, '') || ' ' || coalesce(body_text, ''))")
        # Words are letters and digits only, so that they are no operators of the query.
        query = SQL("to_tsquery('russian'::regconfig, %s)", joint.join(f"{word}:*" for word in words))
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM service_article WHERE active AND %s @@ %s ORDER BY ts_rank(%s, %s) DESC, id LIMIT %s",
                vector,
                query,
                vector,
                query,
                limit,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _suggest(self, text, limit=3):
        """The articles that fit a question best, of those that the reader may read."""
        words = " ".join(word for word in re.findall(r"\w+", text) if len(word) > 3)
        found = self.browse(self._rank(words, " | ", limit=4 * limit))._filtered_access("read")
        return found.filtered("is_published")[:limit]

    # ---- use

    def action_send(self):
        """From the list of suggestions on a ticket."""
        self.ensure_one()
        ticket = self.env["service.ticket"].browse(self.env.context.get("ticket_id"))
        return ticket.with_context(article_id=self.id).action_send_article()

    # ---- readers

    def _vote(self, *, is_helpful):
        self.ensure_one()
        name = "helpful_count" if is_helpful else "unhelpful_count"
        # Counted in the database, so that two readers at once are two.
        self.env.execute_query(
            SQL(
                "UPDATE service_article SET %(name)s = coalesce(%(name)s, 0) + 1 WHERE id = %(id)s",
                name=SQL.identifier(name),
                id=self.id,
            )
        )
        self.invalidate_recordset([name])

    def _get_reader_url(self):
        self.ensure_one()
        return f"/support/articles/{self.id}"
