from collections import defaultdict
from itertools import islice

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager


class DealRoom(CustomerPortal):
    """Where a customer finds together what belongs to one deal: its offers and its documents.

    The deal itself stays inside the company; what he sees of it is who looks after him.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "deal_room_count" in counters:
            values["deal_room_count"] = len(self._find_rooms())
        return values

    @http.route(["/my/deals", "/my/deals/page/<int:page>"], type="http", auth="user", website=True, methods=["GET"])
    def portal_my_deals(self, page=1, **_kwargs):
        rooms = self._find_rooms()
        pages = pager(url="/my/deals", total=len(rooms), page=page, step=self._items_per_page)
        newest = sorted(rooms.items(), key=lambda room: room[0].id, reverse=True)
        values = {
            **self._prepare_portal_layout_values(),
            "rooms": list(islice(newest, pages["offset"], pages["offset"] + self._items_per_page)),
            "page_name": "deal_room",
            "pager": pages,
        }
        return request.render("crm_frontoffice.portal_my_deals", values)

    def _find_rooms(self):
        """Offers and documents that this customer may read, by deal: pairs of orders and documents."""
        # sudo: customers read what the rules choose below, not the deals to which it belongs
        nothing = (request.env["sale.order"].sudo(), request.env["crm.document"].sudo())
        rooms = defaultdict(lambda: nothing)
        for model, field in (("sale.order", "opportunity_id"), ("crm.document", "lead_id")):
            records = request.env[model]
            if not records.has_access("read"):
                continue
            # sudo: the rules chose the records
            found = records.search([(field, "!=", False), *self._get_shown_domain(model)]).sudo()
            for lead, belonging in found.grouped(field).items():
                orders, documents = rooms[lead]
                rooms[lead] = (belonging, documents) if model == "sale.order" else (orders, belonging)
        return rooms

    def _get_shown_domain(self, model):
        return [("state", "in", ("sent", "sale"))] if model == "sale.order" else []
