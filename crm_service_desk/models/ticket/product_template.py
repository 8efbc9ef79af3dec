from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    warranty_months = fields.Integer(
        "Warranty (months)", help="Counted from the delivery. 0: the service desk shows no warranty."
    )
