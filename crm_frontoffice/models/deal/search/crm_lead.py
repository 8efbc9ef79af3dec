from odoo import api, models
from odoo.tools import SQL

from ...text_table import TextTable

FIND = """
SELECT found.id FROM %(texts)s found WHERE %(all)s AND (%(own)s OR EXISTS (%(visible)s))"""


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.text.search.mixin"]

    @api.model
    def _get_text_search_fields(self):
        return ["name", "partner_name", "contact_name", "email_from"]

    @api.model
    def _get_text_search_phones(self):
        return ["phone"]

    @api.model
    def _get_text_table(self):
        """The texts of the customer are found as well."""
        own, customers = super()._get_text_table(), self.env["res.partner"]._get_text_table()
        return TextTable(own.source, own.columns, own.phones, link="partner_id", linked=customers.name)

    @api.model
    def _prepare_text_table(self):
        self.env["res.partner"]._prepare_text_table()
        return super()._prepare_text_table()

    @api.model
    def _select_by_text(self, words, digits):
        """Deals by their own words, by those of their customer, and by some of both.

        Only customers whom the reader may see count: a hidden one must not be guessed by his deals.
        """
        customers = self.env["res.partner"].with_context(active_test=False)
        customers.flush_model([*customers._get_text_search_fields(), *customers._get_text_search_phones()])
        self.flush_model([*self._get_text_search_fields(), *self._get_text_search_phones(), "partner_id"])
        visible = customers._search([])
        visible.add_where(SQL("%s = found.link", SQL.identifier(visible.table, "id")))
        return self._fence(
            SQL(
                FIND,
                texts=SQL.identifier(self._get_text_table().name),
                all=self._match_text(SQL("found.text"), words, digits),
                own=self._match_text(SQL("split_part(found.text, E'\\n', 1)"), words, digits),
                visible=visible.select(),
            )
        )
