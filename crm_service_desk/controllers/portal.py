from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from .form_files import read_files
from .topics import prepare_topics, read_topic

NAME_LIMIT = 200
TEXT_LIMIT = 20_000


class TicketPortal(CustomerPortal):
    """The customer's side of the service desk; whatever changes something is a POST with a token."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "ticket_count" in counters:
            values["ticket_count"] = request.env["service.ticket"].search_count([])
        return values

    # ---- list

    def _get_ticket_sortings(self):
        return {
            "date": {"label": request.env._("Newest"), "order": "id desc"},
            "name": {"label": request.env._("Subject"), "order": "name, id desc"},
            "stage": {"label": request.env._("Status"), "order": "stage_id, id desc"},
        }

    def _get_ticket_filters(self):
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {"label": request.env._("Open"), "domain": Domain("date_closed", "=", False)},
            "ended": {"label": request.env._("Solved and closed"), "domain": Domain("date_closed", "!=", False)},
        }

    @http.route(["/my/tickets", "/my/tickets/page/<int:page>"], type="http", auth="user", website=True, methods=["GET"])
    def portal_my_tickets(self, page=1, sortby="date", filterby="all", search="", **_kwargs):
        sortings, filters = self._get_ticket_sortings(), self._get_ticket_filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        domain = filters[filterby]["domain"]
        if search:
            domain &= Domain("name", "ilike", search) | Domain("number", "ilike", search)
        Ticket = request.env["service.ticket"]
        pages = pager(
            url="/my/tickets",
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=Ticket.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        tickets = Ticket.search(
            domain, order=sortings[sortby]["order"], limit=self._items_per_page, offset=pages["offset"]
        )
        request.session["my_tickets_history"] = tickets.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            # sudo: the rules chose the tickets; the page shows the name of their stage, which customers may not read
            "tickets": tickets.sudo(),
            "page_name": "ticket",
            "pager": pages,
            "default_url": "/my/tickets",
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
            "searchbar_inputs": {"all": {"input": "all", "label": request.env._("Subject or number")}},
            "search_in": "all",
            "search": search,
            "is_new_allowed": self._may_open_ticket(),
        }
        return request.render("crm_service_desk.portal_my_tickets", values)

    # ---- one ticket

    @http.route("/my/tickets/<int:ticket_id>", type="http", auth="public", website=True, methods=["GET"])
    def portal_my_ticket(self, ticket_id, access_token=None, **kwargs):
        try:
            ticket = self._document_check_access("service.ticket", ticket_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = {
            "page_name": "ticket",
            "ticket": ticket,
            "is_owner": self._may_act_on(ticket),
            "details": ticket._describe_details(),
        }
        values = self._get_page_view_values(ticket, access_token, values, "my_tickets_history", False, **kwargs)
        return request.render("crm_service_desk.portal_my_ticket", values)

    def _may_act_on(self, ticket):
        """A link lets its reader read and write a message; ending a ticket takes a customer who is logged in."""
        return ticket.with_user(request.env.user).has_access("read")

    # ---- changes

    def _may_open_ticket(self):
        # sudo: the setting about the customer himself
        return request.env.user.partner_id.sudo().portal_ticket_access != "none"

    @http.route("/my/tickets/new", type="http", auth="user", website=True, methods=["GET"])
    def portal_new_ticket(self, **_kwargs):
        return self._render_form({})

    @http.route("/my/tickets/create", type="http", auth="user", website=True, methods=["POST"])
    def portal_create_ticket(self, name="", description="", category_id="", **form):
        name, description = name.strip()[:NAME_LIMIT], description.strip()[:TEXT_LIMIT]
        if not self._may_open_ticket():
            return request.redirect("/my")
        topic, answers, wrong = read_topic(request.env, category_id, form)
        files, refused = read_files(request.httprequest.files.getlist("files"), request.env)
        values = {"name": name, "description": description, "topic": topic, "form": form, "file_error": refused}
        if not name or not description or wrong or refused:
            return self._render_form({**values, "is_incomplete": not (name and description), "wrong": wrong})
        ticket = request.env["service.ticket"]._create_from_portal(
            request.env.user.partner_id, name, plaintext2html(description), topic.id, answers, files
        )
        return request.redirect(f"/my/tickets/{ticket.id}")

    def _render_form(self, values):
        if not self._may_open_ticket():
            return request.redirect("/my")
        own = {
            **self._prepare_portal_layout_values(),
            "page_name": "new_ticket",
            **prepare_topics(request.env),
            "has_articles": bool(request.env["service.article"].search([], limit=1)),
        }
        return request.render("crm_service_desk.portal_new_ticket", {**own, **values})

    @http.route("/my/tickets/<int:ticket_id>/close", type="http", auth="user", website=True, methods=["POST"])
    def portal_close_ticket(self, ticket_id, **_kwargs):
        return self._change_ticket(ticket_id, "is_solve_allowed", "action_solve")

    @http.route("/my/tickets/<int:ticket_id>/reopen", type="http", auth="user", website=True, methods=["POST"])
    def portal_reopen_ticket(self, ticket_id, **_kwargs):
        return self._change_ticket(ticket_id, "is_reopen_allowed", "action_reopen", forbidden="is_final")

    def _change_ticket(self, ticket_id, allowed, action, forbidden=None):
        try:
            ticket = self._document_check_access("service.ticket", ticket_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        ticket = ticket.with_user(request.env.user).sudo()  # sudo: customers may only do this one thing to a ticket
        if ticket[allowed] and not (forbidden and ticket[forbidden]):
            getattr(ticket, action)()
        return request.redirect(ticket.access_url)
