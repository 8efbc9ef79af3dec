from odoo import api, fields, models


class CrmDocumentKind(models.Model):
    """Letters, offers, contracts, acts: each kind is numbered by itself."""

    _name = "crm.document.kind"
    _description = "Kind of Document"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    prefix = fields.Char(required=True, help="The beginning of its numbers, such as C/.")
    sequence_id = fields.Many2one("ir.sequence", "Numbers", readonly=True, ondelete="restrict", copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        for kind in kinds.filtered(lambda kind: not kind.sequence_id):
            values = {"name": kind.name, "prefix": kind.prefix, "padding": 4, "company_id": False}
            # sudo: who may name kinds need not be allowed to change every sequence
            kind.sequence_id = self.env["ir.sequence"].sudo().create(values)
        return kinds

    def write(self, vals):
        result = super().write(vals)
        if vals.get("prefix"):
            self.sequence_id.sudo().prefix = vals["prefix"]  # sudo: as above, the sequence is the kind's own
        return result
