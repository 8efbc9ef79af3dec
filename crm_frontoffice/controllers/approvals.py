from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

# The address of the page is the key to it: it goes neither to other sites nor into search engines nor into caches.
PRIVATE_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
COMMENT_LIMIT = 2000


class Approvals(http.Controller):
    """Where somebody who was asked by mail decides, on the phone and without logging in.

    Opening the page changes nothing, since scanners of mail open every link: the decision is a POST.
    """

    @http.route("/approval/<string:token>", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def show(self, token, choice=None, **_kwargs):
        approval = request.env["crm.approval"]._read_link(token)
        return self._render(approval, choice=choice)

    @http.route("/approval/<string:token>", type="http", auth="public", website=True, sitemap=False, methods=["POST"])
    def decide(self, token, decision=None, comment="", **_kwargs):
        approval = request.env["crm.approval"]._read_link(token)
        if not approval:
            return self._render(approval)
        comment = comment.strip()[:COMMENT_LIMIT]
        if decision not in ("approved", "refused") or (decision == "refused" and not comment):
            return self._render(approval, choice="refuse", problem=request.env._("Please say why not."))
        try:
            approval._check_decision()
            # sudo: it was checked that the person of the link decides
            approval.sudo()._decide(decision, comment)
        except (UserError, AccessError) as error:
            return self._render(approval, problem=str(error))
        return self._render(approval, is_done=True)

    def _render(self, approval, **values):
        if not approval:
            response = request.render("crm_frontoffice.approval_gone_page", {}, status=404)
        else:
            request.update_context(lang=approval.env.user.lang or request.env.lang)
            # sudo: the link was made for the person who decides about just this
            shown = approval.sudo()
            values |= {"approval": shown, "document": shown._get_document(), "person": approval.env.user}
            response = request.render("crm_frontoffice.approval_page", values)
        response.headers.update(PRIVATE_HEADERS)
        return response
