from odoo import models


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    # Who has got a mailing already is asked for the addresses of each batch; bounces are found by address, too.
    _address_idx = models.Index("(email, mass_mailing_id) WHERE email IS NOT NULL")
