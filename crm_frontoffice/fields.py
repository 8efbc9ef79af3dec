from odoo import fields


class BigInteger(fields.Integer):
    """A whole number of eight bytes; Odoo's own Integer has four, too few for a transaction number."""

    _column_type = ("int8", "int8")
