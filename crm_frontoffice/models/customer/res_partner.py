from odoo import api, models
from odoo.exceptions import AccessError

MAX_LIMIT = 100  # events on a page of the timeline
# What the screens of a customer show of him: loaded alone, since a partner has more than a hundred columns.
SHOWN = (
    "display_name", "name", "is_company", "parent_id", "commercial_partner_id", "company_id", "partner_share", "active",
    "type", "company_name", "function", "phone", "email", "city", "country_id", "user_id",
)  # fmt: skip


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.event.source", "crm.batch.tracking.mixin"]

    def write(self, vals):
        own = self.browse()
        if {"parent_id", "is_company"} & vals.keys():
            own = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        result = super().write(vals)
        moved = own.filtered(lambda partner: partner.commercial_partner_id != partner)
        if moved:
            self.env["crm.event"]._settle_customer(moved)
        return result

    def _prepare_event_values(self):
        return {"partner_id": self.id, "company_id": self.company_id.id, "user_id": self.user_id.id}

    @api.readonly
    def get_customer_timeline(self, cursor=None, limit=30, kinds=None, search=None):
        """One page of the history with this customer, newest first.

        A company shows the history of all its contacts; a contact shows his own.

        :param cursor: the `cursor` of the page before, to go on from there
        :param limit: rows on a page, at most 100
        :param kinds: only these kinds of events, such as ["invoice", "ticket"]
        :param search: only events with this text in their kind, subject, contact or document
        :return: dict with `customer`, the name; `events`, a list of dicts; `cursor`, which is False on the last page
        """
        self._check_customer_readable()
        event = self.env["crm.event"]
        limit, kinds = event._check_limit(limit, MAX_LIMIT), event._check_kinds(kinds or [])
        timeline = self.env["crm.event.timeline"]
        return timeline._read_page(self, cursor, limit, kinds, timeline._check_text(search))

    def _check_customer_readable(self):
        """Whether the reader may know what the company knows about this customer; loads what is shown of him."""
        self.ensure_one()
        # A portal user may read his own contact, but what the company notes about him is not for him.
        if not self.env.user._is_internal():
            raise AccessError(self.env._("What is known about a customer is for employees."))
        self.fetch(SHOWN)
        self.check_access("read")
