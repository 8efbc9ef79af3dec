from odoo import fields


class FactMany2one(fields.Many2one):
    """A link without a foreign key.

    Checking nine keys for each row costs more than the rest of a refresh. Instead, the triggers of the fact tables
    empty links to records that are deleted, see `models/fact/capture.py`.
    """

    def update_db_foreign_key(self, model, column):
        """Leave the column without a constraint."""
