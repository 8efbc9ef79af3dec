from odoo import http
from odoo.http import request

from .preferences import PRIVATE_HEADERS

HONEYPOT = "website"  # hidden from people; programs fill in whatever there is
UTM = ("utm_campaign", "utm_medium", "utm_source")


class LandingForms(http.Controller):
    """Forms on pages of their own, which need no website and no login."""

    @http.route("/form/<string:code>", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def show(self, code, **_kwargs):
        return self._render(request.env["crm.landing.form"]._find_by_code(code))

    @http.route("/form/<string:code>", type="http", auth="public", website=True, sitemap=False, methods=["POST"])
    def send(self, code, **post):
        form = request.env["crm.landing.form"]._find_by_code(code)
        if not form:
            return self._render(form)
        if post.get(HONEYPOT):
            return request.redirect(f"/form/{form.code}/thanks", code=303)
        values, problems = form._read_post(post)
        if problems:
            return self._render(form, values=values, problems=problems)
        source = request.httprequest
        if form._is_too_much(source.remote_addr, values["email"]):
            problem = request.env._("So many answers came from you that we take in no more now. Try again in an hour.")
            return self._render(form, values=values, problems={"form": problem}, status=429)
        request.env["crm.landing.answer"].sudo()._receive(  # sudo: visitors have no rights; the form says what is done
            form,
            values,
            form._find_utm(post),
            referrer=post.get("referrer"),
            ip=source.remote_addr,
            user_agent=(source.user_agent.string or "")[:300],
        )
        asked = "?confirm=1" if values["consent"] and form.purpose_id.is_double_opt_in else ""
        return request.redirect(f"/form/{form.code}/thanks{asked}", code=303)

    @http.route("/form/<string:code>/thanks", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def thank(self, code, confirm=None, **_kwargs):
        form = request.env["crm.landing.form"]._find_by_code(code)
        if not form:
            return self._render(form)
        return request.render("crm_frontoffice.landing_thanks_page", {"form": form, "is_asked": confirm == "1"})

    def _render(self, form, values=None, problems=None, status=200):
        if not form:
            return request.render("crm_frontoffice.landing_gone_page", {}, status=404)
        given = request.httprequest
        shown = {
            "form": form,
            "values": values or {},
            "problems": problems or {},
            "honeypot": HONEYPOT,
            # What the first page was opened with goes along, also when something was wrong and it is sent again.
            "kept": {
                **{name: given.values[name] for name in UTM if given.values.get(name)},
                "referrer": given.form.get("referrer") or given.headers.get("Referer", ""),
            },
        }
        response = request.render("crm_frontoffice.landing_page", shown, status=status)
        response.headers["Cache-Control"] = PRIVATE_HEADERS["Cache-Control"]
        return response
