from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager

PAGE = 20


class Articles(http.Controller):
    """Articles for customers and for everybody; the record rules choose who reads which."""

    @http.route(
        ["/support/articles", "/support/articles/page/<int:page>"],
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def list_articles(self, page=1, search="", **_kwargs):
        Article = request.env["service.article"]
        domain = Domain("is_published", "=", True)
        if search.strip():
            domain &= Domain("text_search", "ilike", search)
        pages = pager(
            "/support/articles", Article.search_count(domain), page=page, step=PAGE, url_args={"search": search}
        )
        articles = Article.search(domain, limit=PAGE, offset=pages["offset"])
        return request.render(
            "crm_service_desk.articles",
            {"articles": articles, "pager": pages, "search": search, "page_name": "articles"},
        )

    @http.route("/support/articles/<int:article_id>", type="http", auth="public", website=True, methods=["GET"])
    def show_article(self, article_id, **_kwargs):
        article = self._find(article_id)
        voted = article.id in request.session.get("service_votes", [])
        return request.render(
            "crm_service_desk.article", {"article": article, "has_voted": voted, "page_name": "articles"}
        )

    @http.route("/support/articles/<int:article_id>/vote", type="http", auth="public", website=True, methods=["POST"])
    def vote(self, article_id, helpful="", **_kwargs):
        article = self._find(article_id)
        votes = request.session.get("service_votes", [])
        if article.id not in votes:
            article._vote(is_helpful=helpful == "1")
            request.session["service_votes"] = [*votes, article.id]
        return request.redirect(article._get_reader_url())

    def _find(self, article_id):
        article = request.env["service.article"].browse(article_id).exists()
        if not article or not article.has_access("read") or not article.is_published:
            raise request.not_found()
        return article
