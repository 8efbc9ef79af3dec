from odoo import fields, models


class CrmFactChange(models.Model):
    """The queue of changes that the fact tables have not taken in yet; triggers write it, the refresh empties it."""

    _name = "crm.fact.change"
    _description = "Change for a Fact Table"
    _log_access = False
    _rec_name = "source"

    fact = fields.Char("Fact Table", readonly=True)
    source = fields.Char("Table", readonly=True)
    source_id = fields.Integer("Row", readonly=True, aggregator=None)
