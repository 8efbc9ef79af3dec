import base64
import binascii

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

NAME_LIMIT = 200
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
REPORT = "crm_frontoffice.action_report_crm_document"


class DealDocuments(CustomerPortal):
    """The customer's side of the documents of a deal: read, comment, sign."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "deal_document_count" in counters:
            documents = request.env["crm.document"]
            values["deal_document_count"] = documents.search_count([]) if documents.has_access("read") else 0
        return values

    @http.route(
        ["/my/documents", "/my/documents/page/<int:page>"], type="http", auth="user", website=True, methods=["GET"]
    )
    def portal_my_documents(self, page=1, **_kwargs):
        documents = request.env["crm.document"]
        pages = pager(url="/my/documents", total=documents.search_count([]), page=page, step=self._items_per_page)
        found = documents.search([], limit=self._items_per_page, offset=pages["offset"])
        values = {
            **self._prepare_portal_layout_values(),
            # sudo: the rules chose the documents; customers may not read their kinds
            "documents": found.sudo(),
            "page_name": "deal_document",
            "pager": pages,
        }
        return request.render("crm_frontoffice.portal_my_documents", values)

    def _get_document(self, document_id, access_token):
        """What was sent, for its customer or whoever got the link; drafts are nobody's."""
        document = self._document_check_access("crm.document", document_id, access_token)
        if document.state not in ("sent", "signed") and not request.env.user._is_internal():
            raise AccessError(request.env._("This document is not there for you."))
        return document

    @http.route("/my/documents/<int:document_id>", type="http", auth="public", website=True, methods=["GET"])
    def portal_my_document(self, document_id, access_token=None, **kwargs):
        try:
            document = self._get_document(document_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if kwargs.pop("report_type", None):
            return self._show_report(document, "pdf", REPORT, download=kwargs.get("download"))
        if kwargs.pop("word_file", None) and document.word_file:
            return self._send_word_file(document)
        values = {"page_name": "deal_document", "document": document}
        values = self._get_page_view_values(document, access_token, values, "my_documents_history", False, **kwargs)
        return request.render("crm_frontoffice.portal_my_document", values)

    def _send_word_file(self, document):
        # sudo: the document was checked; its file lies in an attachment
        content = base64.b64decode(document.sudo().word_file)
        headers = {
            "Content-Type": WORD_TYPE,
            "Content-Disposition": content_disposition(document.word_file_name),
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(content, headers=list(headers.items()))

    @http.route("/my/documents/<int:document_id>/accept", type="jsonrpc", auth="public", website=True)
    def portal_sign_document(self, document_id, access_token=None, name=None, signature=None):
        access_token = access_token or request.httprequest.args.get("access_token")
        try:
            document = self._get_document(document_id, access_token)
            if not name or not signature:
                return {"error": request.env._("Please give your name and sign.")}
            document._sign(name[:NAME_LIMIT], signature)
            request.env.cr.flush()
        except (AccessError, MissingError):
            return {"error": request.env._("This document is not there for you.")}
        except (TypeError, binascii.Error, UserError):
            return {
                "error": request.env._("It cannot be signed: it is signed already, or the signature is unreadable.")
            }
        document.message_post(
            body=request.env._("Signed by %s", name[:NAME_LIMIT]),
            author_id=document.partner_id.id if request.env.user._is_public() else request.env.user.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        return {"force_refresh": True, "redirect_url": document.get_portal_url()}
