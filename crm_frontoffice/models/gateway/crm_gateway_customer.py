from odoo import api, models

from .row_format import RowField


class CrmGatewayCustomer(models.AbstractModel):
    """Companies and people."""

    _name = "crm.gateway.customer"
    _description = "Gateway Import of Customers"
    _inherit = "crm.gateway.import"

    _target = "res.partner"
    _parent_reference = "company_external_id"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "name": RowField("name", required=True),
            "is_company": RowField("is_company", "boolean"),
            "company_external_id": RowField("parent_id", "reference", model="res.partner"),
            "email": RowField("email", "email"),
            "phone": RowField("phone"),
            "street": RowField("street"),
            "city": RowField("city"),
            "zip": RowField("zip"),
            "country": RowField("country_id", "lookup", model="res.country", key="code"),
            "vat": RowField("vat"),
            "function": RowField("function"),
            "language": RowField("lang", "lookup", model="res.lang", key="code"),
            "salesperson": RowField("user_id", "lookup", model="res.users", key="login"),
            "tags": RowField("category_id", "names", model="res.partner.category", key="name", create_missing=True),
            "comment": RowField("comment"),
        }

    @api.model
    def _prepare_values(self, values):
        prepared = super()._prepare_values(values)
        if "lang" in prepared:
            prepared["lang"] = self.env["res.lang"].browse(prepared["lang"]).code
        return prepared
