from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.text.search.mixin"]

    @api.model
    def _get_text_search_fields(self):
        return ["name", "partner_name", "contact_name", "email_from"]

    @api.model
    def _get_selects_by_word(self, word):
        return [*super()._get_selects_by_word(word), self._select_of_customers([("text_search", "ilike", word)])]

    @api.model
    def _select_of_customers(self, domain):
        """Deals of the customers whom the reader may see: a hidden one must not be guessed by his deals."""
        self.flush_model(["partner_id"])
        customers = self.env["res.partner"].with_context(active_test=False)._search(domain)
        return SQL("SELECT id FROM crm_lead WHERE partner_id IN (%s)", customers.select())

    @api.model
    def _get_text_sql(self):
        customers = self.env["res.partner"]
        fields_searched = customers._get_text_search_fields()
        customers.flush_model(fields_searched)
        columns = [SQL("customer.%s", SQL.identifier(field)) for field in fields_searched]
        return SQL("CONCAT_WS(' ', %s, %s)", super()._get_text_sql(), SQL(", ").join(columns))

    @api.model
    def _get_text_table(self):
        visible = self.env["res.partner"].with_context(active_test=False)._search([])
        return SQL(
            "%s LEFT JOIN res_partner customer ON customer.id = document.partner_id AND customer.id IN (%s)",
            super()._get_text_table(),
            visible.select(),
        )
