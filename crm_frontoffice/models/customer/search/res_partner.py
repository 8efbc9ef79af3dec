from odoo import api, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.text.search.mixin"]

    @api.model
    def _get_text_search_fields(self):
        """All that Odoo itself searches by when it looks for a contact's name."""
        return ["complete_name", "email", "ref", "vat", "company_registry"]

    @api.model
    def _get_text_search_phones(self):
        return ["phone"]
