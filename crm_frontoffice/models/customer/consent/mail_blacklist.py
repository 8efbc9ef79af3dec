from odoo import models


class MailBlacklist(models.Model):
    """Unsubscribing in a mailing, bouncing for good and an employee's entry all end here."""

    _name = "mail.blacklist"
    _inherit = ["crm.blacklist.mixin", "mail.blacklist"]

    _blacklist_address = "email"
    _blacklist_channels = ("email",)
