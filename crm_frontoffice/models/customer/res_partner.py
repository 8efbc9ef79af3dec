from odoo import api, models
from odoo.exceptions import AccessError

MAX_LIMIT = 100  # events on a page of the timeline


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.event.source"]

    def _prepare_event_values(self):
        return {"partner_id": self.id, "company_id": self.company_id.id, "user_id": self.user_id.id}

    @api.readonly
    def get_customer_timeline(self, cursor=None, limit=30, kinds=None):
        """One page of the history with this customer, newest first.

        A company shows the history of all its contacts; a contact shows his own.

        :param cursor: the `cursor` of the page before, to go on from there
        :param limit: rows on a page, at most 100
        :param kinds: only these kinds of events, such as ["invoice", "ticket"]
        :return: dict with `customer`, the name; `events`, a list of dicts; `cursor`, which is False on the last page
        """
        self.ensure_one()
        self.check_access("read")
        # A portal user may read his own contact, but what the company notes about him is not for him.
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The history of a customer is for employees."))
        event = self.env["crm.event"]
        limit, kinds = event._check_limit(limit, MAX_LIMIT), event._check_kinds(kinds or [])
        return self.env["crm.event.timeline"]._read_page(self, cursor, limit, kinds)

    def action_open_timeline(self):
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id("crm_frontoffice.customer_timeline_action")
        name = self.env._("History of %(customer)s", customer=self.display_name)
        return {**action, "name": name, "context": {"active_id": self.id}}
