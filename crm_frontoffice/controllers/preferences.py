from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.customer.consent.res_partner import CONFIRMATION_SCOPE, PREFERENCES_SCOPE

# The address of the page is the key to it: it goes neither to other sites nor into search engines nor into caches.
PRIVATE_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}


class PreferencePages(CustomerPortal):
    """Where a customer says how he wants to be contacted: in the portal, or by a signed link without login.

    Opening a page changes nothing, since scanners of mail open every link: whatever decides is a POST.
    """

    @http.route("/my/preferences", type="http", auth="user", website=True, methods=["GET"])
    def my_preferences(self, saved=None, **_kwargs):
        values = {**self._prepare_portal_layout_values(), "page_name": "preferences"}
        return self._render_page(request.env.user.partner_id, "/my/preferences", saved, **values)

    @http.route("/my/preferences", type="http", auth="user", website=True, methods=["POST"])
    def my_preferences_save(self, **post):
        self._save(request.env.user.partner_id, "portal", post)
        return request.redirect("/my/preferences?saved=1")

    @http.route("/preferences/<string:token>", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def preferences(self, token, saved=None, **_kwargs):
        partner, _rest = request.env["res.partner"]._read_token(PREFERENCES_SCOPE, token)
        if not partner:
            return self._refuse()
        return self._make_private(self._render_page(partner, f"/preferences/{token}", saved))

    @http.route(
        "/preferences/<string:token>", type="http", auth="public", website=True, sitemap=False, methods=["POST"]
    )
    def preferences_save(self, token, **post):
        partner, _rest = request.env["res.partner"]._read_token(PREFERENCES_SCOPE, token)
        if not partner:
            return self._refuse()
        self._speak_to(partner)  # the text that he read is the one that is kept
        self._save(partner, "link", post)
        return self._make_private(request.redirect(f"/preferences/{token}?saved=1"))

    @http.route("/consent/confirm/<string:token>", type="http", auth="public", website=True, sitemap=False)
    def confirm_consent(self, token, **_kwargs):
        partner, rest = request.env["res.partner"]._read_token(CONFIRMATION_SCOPE, token)
        if not partner:
            return self._refuse()
        request.update_context(lang=partner.lang)
        # sudo: the link was made for this partner, and his mailbox got it
        consents = request.env["crm.consent"].sudo()
        event_ids = rest[0]
        confirmed = request.httprequest.method == "POST" and consents._confirm(partner, event_ids, **self._get_proof())
        # sudo: the same
        events = request.env["crm.consent.event"].sudo().browse(event_ids).exists()
        values = {"partner": partner, "events": events, "confirmed": confirmed, "is_answered": confirmed is not False}
        return self._make_private(request.render("crm_frontoffice.consent_confirmation_page", values))

    # ---- helpers

    def _render_page(self, partner, action, saved, **values):
        self._speak_to(partner)
        # sudo: customers see the purposes and their own decisions, through this page only
        purposes = request.env["crm.consent.purpose"].sudo().search([])
        values = {
            **values,
            **self._prepare_page_values(partner.sudo()),  # sudo: the same
            "purposes": purposes,
            "action": action,
            "is_saved": saved == "1",
        }
        return request.render("crm_frontoffice.preferences_page", values)

    def _speak_to(self, partner):
        if request.env.user._is_public():
            request.update_context(lang=partner.lang)

    def _prepare_page_values(self, partner):
        """Hook: what the page shows about a customer.

        :param partner: the customer, as the system
        """
        channels = request.env["crm.consent"]._fields["channel"]._description_selection(request.env)
        habits = request.env["crm.contact.habit"]
        return {
            "habit": partner.contact_habit_ids,
            "habit_channels": habits._fields["channel"]._description_selection(request.env),
            "habit_dayparts": habits._fields["daypart"]._description_selection(request.env),
            "partner": partner,
            "channels": dict(channels),
            "consents": {(row.purpose_id, row.channel): row for row in partner.consent_ids},
        }

    def _save(self, partner, source, post):
        """Hook: keep what the customer sent; decisions that change nothing leave no trace."""
        # sudo: customers decide for themselves, through this page only
        partner = partner.sudo()
        purposes = request.env["crm.consent.purpose"].sudo().search([])  # sudo: the same
        decided = {(row.purpose_id, row.channel): row.state == "granted" for row in partner.consent_ids}
        vals_list = []
        for purpose in purposes.filtered("is_changeable"):
            for channel in purpose._get_channels():
                wanted = "stop_all" not in post and f"{purpose.code}:{channel}" in post
                if wanted != decided.get((purpose, channel), purpose.is_granted_by_default):
                    vals_list.append(
                        {
                            "partner_id": partner.id,
                            "channel": channel,
                            "purpose_id": purpose,
                            "decision": "given" if wanted else "withdrawn",
                            "source": source,
                            "wording": purpose.wording,
                            **self._get_proof(),
                        }
                    )
        request.env["crm.consent"].sudo()._record(vals_list)  # sudo: the same
        self._save_habit(partner, post)

    def _save_habit(self, partner, post):
        """What the customer changed about how he wants to be reached; what was learned and left alone stays learned."""
        habit, chosen = partner.contact_habit_ids, {}
        for name in ("channel", "daypart"):
            value = post.get(f"preferred_{name}")
            known = dict(habit._fields[name].selection)
            if value is not None and (value in known or not value) and value != (habit[name] or ""):
                chosen[f"chosen_{name}"] = value or False
        if chosen:
            # sudo: customers say it for themselves, through this page only
            request.env["crm.contact.habit"].sudo()._choose(partner, "customer", **chosen)

    def _get_proof(self):
        agent = request.httprequest.user_agent.string or ""
        return {"ip": request.httprequest.remote_addr, "user_agent": agent[:300]}

    def _refuse(self):
        return self._make_private(request.render("crm_frontoffice.preferences_link_ended", status=404))

    def _make_private(self, response):
        response.headers.update(PRIVATE_HEADERS)
        return response
