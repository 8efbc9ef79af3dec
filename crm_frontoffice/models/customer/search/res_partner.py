from odoo import api, models

from ...text_index import text_index


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.text.search.mixin"]

    # All that Odoo itself searches by when it looks for a contact's name.
    _complete_name_text_idx = text_index("complete_name")
    _email_text_idx = text_index("email")
    _ref_text_idx = text_index("ref")
    _vat_text_idx = text_index("vat")
    _company_registry_text_idx = text_index("company_registry")

    @api.model
    def _get_text_search_fields(self):
        return ["complete_name", "email", "ref", "vat", "company_registry"]
