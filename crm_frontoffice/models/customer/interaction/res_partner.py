from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Backwards, so that the last digits of a caller's number find it however the number was written.
    _phone_tail_idx = models.Index(
        r"(reverse(regexp_replace(phone, '\D', '', 'g')) text_pattern_ops) WHERE phone IS NOT NULL"
    )
