from odoo import http
from odoo.http import request
from odoo.tools import email_normalize, plaintext2html

from .form_files import read_files
from .portal import NAME_LIMIT, TEXT_LIMIT
from .topics import prepare_topics, read_topic


class PublicForm(http.Controller):
    """Visitors ask without a login. The answer is the same for everybody: it tells nothing about who is known here."""

    def _get_team(self):
        # sudo: visitors may not read teams
        team = request.env["service.team"].sudo().search([("has_public_form", "=", True)], limit=1)
        if not team:
            raise request.not_found()
        return team

    @http.route("/support", type="http", auth="public", website=True, methods=["GET"], sitemap=True)
    def show_form(self, **_kwargs):
        return self._render(self._get_team(), {})

    @http.route("/support/send", type="http", auth="public", website=True, methods=["POST"])
    def send_form(self, name="", description="", sender="", email="", homepage="", category_id="", **form):
        team = self._get_team()
        values = {
            "name": name.strip()[:NAME_LIMIT],
            "description": description.strip()[:TEXT_LIMIT],
            "sender": sender.strip()[:NAME_LIMIT],
            "email": email_normalize(email[:NAME_LIMIT]),
        }
        if homepage:  # people do not see this field
            return request.redirect("/support/thanks")
        topic, answers, wrong = read_topic(request.env, category_id, form)
        shown = {**values, "topic": topic, "form": form}
        if wrong or not all(values.values()):
            shown |= {"email": email, "is_incomplete": not all(values.values()), "wrong": wrong}
            return self._render(team, shown)
        files, refused = read_files(request.httprequest.files.getlist("files"), request.env)
        if refused:
            return self._render(team, {**shown, "file_error": refused})
        if not request.env["service.form.entry"]._is_allowed(request.httprequest.remote_addr or ""):
            return self._render(team, {**shown, "is_too_often": True})
        request.env["service.ticket"]._create_from_form(
            team,
            values["name"],
            plaintext2html(values["description"]),
            values["sender"],
            values["email"],
            category_id=topic.id,
            answers=answers,
            files=files,
        )
        return request.redirect("/support/thanks")

    @http.route("/support/thanks", type="http", auth="public", website=True, methods=["GET"])
    def show_thanks(self, **_kwargs):
        return request.render("crm_service_desk.public_form_thanks", {"team": self._get_team()})

    def _render(self, team, values):
        return request.render("crm_service_desk.public_form", {"team": team, **prepare_topics(request.env), **values})
