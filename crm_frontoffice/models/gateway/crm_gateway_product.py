from odoo import api, models

from .crm_gateway_import import REFUSALS
from .row_format import RowField


class CrmGatewayProduct(models.AbstractModel):
    """Products; their categories are named by path, such as "Office / Chairs"."""

    _name = "crm.gateway.product"
    _description = "Gateway Import of Products"
    _inherit = "crm.gateway.import"

    _target = "product.product"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "name": RowField("name", required=True),
            "code": RowField("default_code"),
            "category": RowField("categ_id", "key"),
            "list_price": RowField("lst_price", "number"),
            "cost": RowField("standard_price", "number"),
            "type": RowField("type", "choice", choices=("goods", "service")),
        }

    @api.model
    def _look_up(self, source, rows):
        result = super()._look_up(source, rows)
        categories = {row.values["category"] for row in rows if "category" in row.values}
        ids = {path: self._find_category_id(path) for path in categories}
        for row in rows:
            if path := row.values.get("category"):
                row.values["category"] = ids[path]
                if not ids[path]:
                    row.refuse("category", path, "unknown_value")
        return result

    @api.model
    def _find_category_id(self, path):
        """The category of a path; False when it is missing and may not be made."""
        try:
            with self.env.cr.savepoint():
                return self._get_category_id(path)
        except REFUSALS:
            return False

    @api.model
    def _get_category_id(self, path):
        """The category at the end of a path of names; what is missing on the way is made."""
        category = self.env["product.category"]
        for name in filter(None, (part.strip() for part in path.split("/"))):
            found = category.search([("name", "=", name), ("parent_id", "=", category.id)], limit=1)
            category = found or category.create({"name": name, "parent_id": category.id})
        return category.id

    @api.model
    def _prepare_values(self, values):
        prepared = super()._prepare_values(values)
        if "type" in prepared:
            prepared["is_storable"] = prepared["type"] == "goods"
            prepared["type"] = {"goods": "consu", "service": "service"}[prepared["type"]]
        return prepared
